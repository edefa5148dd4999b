import { CountTokensCommand } from '@aws-sdk/client-bedrock-runtime';
import t from 'tap';
import { ask, awsClient, converse, MODEL, start } from './support.ts';

t.test('the AWS SDK gets the count that an answer would report', async (t) => {
  const simulator = await start(t);
  const client = awsClient(t, simulator);
  const { messages } = ask('What is a ledger?');
  const { usage } = await converse(client, 'What is a ledger?');
  const counted = await client.send(
    new CountTokensCommand({ modelId: MODEL, input: { converse: { messages } } }),
  );
  t.equal(counted.inputTokens, usage?.inputTokens);
  t.match(simulator.journal.entries()[1], { operation: 'CountTokens', status: 'ok', usage: null });
  const native = {
    anthropic_version: 'bedrock-2023-05-31',
    max_tokens: 1,
    messages: [{ role: 'user', content: 'Hi' }],
  };
  const body = Buffer.from(JSON.stringify(native));
  const other = await client.send(
    new CountTokensCommand({ modelId: MODEL, input: { invokeModel: { body } } }),
  );
  t.ok(Number(other.inputTokens) > 0);
});

t.test('profiles, other models and members that are not counted are refused', async (t) => {
  const simulator = await start(t);
  const client = awsClient(t, simulator);
  const { messages } = ask('Hi');
  for (const modelId of [`us.${MODEL}`, 'amazon.nova-pro-v1:0']) {
    const command = new CountTokensCommand({ modelId, input: { converse: { messages } } });
    await t.rejects(client.send(command), { name: 'ValidationException' });
  }
  const response = await fetch(`${simulator.url}/model/${MODEL}/count-tokens`, {
    method: 'POST',
    headers: { authorization: 'Bearer test' },
    body: JSON.stringify({ input: { converse: { messages, inferenceConfig: { maxTokens: 5 } } } }),
  });
  t.equal(response.status, 400);
  t.match(await response.text(), /inferenceConfig/);
});

t.test('a scripted failure fails a count as well', async (t) => {
  const simulator = await start(t);
  const match = { operation: 'CountTokens' } as const;
  simulator.script({ match, behaviour: { kind: 'error', exception: 'AccessDeniedException' } });
  const command = new CountTokensCommand({ modelId: MODEL, input: { converse: ask('Hi') } });
  await t.rejects(awsClient(t, simulator).send(command), { name: 'AccessDeniedException' });
});
