// The real AWS SDK and this provider ask for the same count, and read the same answer.
import { BedrockRuntimeClient, CountTokensCommand } from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import t from 'tap';
import { createBedrockProvider } from '../../../src/providers/bedrock/index.ts';
import { CREDENTIALS, call, kindOf, MODEL, NEVER, REGION, rejection } from './calls.ts';
import { type Answer, record } from './recorder.ts';

const BASE_ID = 'anthropic.claude-haiku-4-5-20251001-v1:0';

function answer(body: string): Answer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'x-amzn-requestid': 'r1' });
    response.end(body);
  };
}

function prepare(t: { teardown(end: () => unknown): unknown }, url: string) {
  const env = {
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  };
  const provider = createBedrockProvider({ env });
  t.teardown(() => provider.close());
  const asked = call('Hi', { system: [{ kind: 'text', text: 'Be brief' }], maxOutputTokens: 5 });
  const traits = { baseId: BASE_ID, capabilities: {}, contextTokens: 200_000, maxOutputTokens: 8_192 };
  return { chat: provider.prepareChat(asked.request, traits, { defaultMaxOutputTokens: 64 }), asked };
}

t.test('path and body are what the SDK sends, to the foundation model', async (t) => {
  const recorder = await record(t, answer('{"inputTokens":7}'));
  const client = new BedrockRuntimeClient({
    region: REGION,
    endpoint: recorder.url,
    credentials: CREDENTIALS,
    requestHandler: new NodeHttpHandler(),
  });
  t.teardown(() => client.destroy());
  const { chat, asked } = prepare(t, recorder.url);
  t.equal(asked.target.modelId, MODEL, 'a profile');
  const messages = [{ role: 'user' as const, content: [{ text: 'Hi' }] }];
  const input = { converse: { messages, system: [{ text: 'Be brief' }] } };
  const told = await client.send(new CountTokensCommand({ modelId: BASE_ID, input }));
  t.equal(await chat.countTokens(asked, { signal: NEVER }), told.inputTokens);
  const [theirs, ours] = recorder.requests;
  t.equal(ours?.url, theirs?.url);
  t.equal(ours?.body.toString(), theirs?.body.toString());
});

t.test('an answer without a count cannot be read', async (t) => {
  for (const body of ['{}', '{"inputTokens":-1}', '[]', 'x']) {
    const recorder = await record(t, answer(body));
    const { chat, asked } = prepare(t, recorder.url);
    t.equal(kindOf(await rejection(chat.countTokens(asked, { signal: NEVER }))), 'malformed');
  }
});
