import {
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import t from 'tap';
import { countTokens } from '../../src/simulator/count-tokens.ts';
import { ask, awsClient, converse, listenTo, MODEL, PROTOCOLS, start } from './support.ts';

const ARN = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3';
const native = JSON.stringify({
  anthropic_version: 'bedrock-2023-05-31',
  max_tokens: 1_000,
  system: 'be kind',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'How are you?' }] }],
});

for (const protocol of PROTOCOLS) {
  t.test(`over ${protocol} the AWS SDK gets a Converse answer with counts and a request id`, async (t) => {
    const simulator = await start(t);
    const answer = await converse(awsClient(t, simulator, protocol), 'What is a ledger?');
    t.match(answer.text, 'What is a ledger');
    t.equal(answer.stopReason, 'end_turn');
    const outputTokens = countTokens(answer.text);
    t.same(answer.usage, { inputTokens: 5, outputTokens, totalTokens: 5 + outputTokens });
    t.ok((answer.metrics?.latencyMs ?? 0) >= 1);
    const [entry] = simulator.journal.entries();
    t.match(entry, { status: 'ok', operation: 'Converse', modelId: MODEL, usage: answer.usage });
    t.equal(entry?.id, answer.$metadata.requestId);
    t.equal(entry?.outputText, answer.text);
    t.match(entry?.headers, {
      authorization: 'AWS4-HMAC-SHA256',
      userAgent: /aws-sdk-js/,
      attempt: 'attempt=1; max=1',
    });
  });

  t.test(
    `over ${protocol} a stream says the same as the whole answer, in the order of the service`,
    async (t) => {
      const simulator = await start(t);
      const client = awsClient(t, simulator, protocol);
      const heard = await listenTo(client, '请解释一下账本');
      t.equal(heard.error, null);
      const kinds = heard.events.map((event) => Object.keys(event)[0]);
      const deltas = kinds.filter((kind) => kind === 'contentBlockDelta');
      t.ok(deltas.length > 5);
      t.same(kinds, ['messageStart', ...deltas, 'contentBlockStop', 'messageStop', 'metadata']);
      t.same(heard.events.at(-1)?.metadata?.usage?.outputTokens, countTokens(heard.text));
      t.equal((await converse(client, '请解释一下账本')).text, heard.text);
      t.match(simulator.journal.entries()[0], { framesWritten: kinds.length, outputText: heard.text });
    },
  );

  t.test(`over ${protocol} InvokeModel answers in Anthropic's own words, whole and in chunks`, async (t) => {
    const simulator = await start(t);
    const client = awsClient(t, simulator, protocol);
    const whole = await client.send(new InvokeModelCommand({ modelId: MODEL, body: native }));
    const message = JSON.parse(whole.body.transformToString());
    t.match(message, { type: 'message', role: 'assistant', stop_reason: 'end_turn', stop_sequence: null });
    const text: string = message.content[0].text;
    t.same(message.usage, {
      input_tokens: countTokens('How are you?') + 2,
      output_tokens: countTokens(text),
    });

    const stream = await client.send(
      new InvokeModelWithResponseStreamCommand({ modelId: MODEL, body: native }),
    );
    const events = [];
    for await (const event of stream.body ?? []) {
      events.push(JSON.parse(Buffer.from(event.chunk?.bytes ?? []).toString()));
    }
    const deltas = events.filter((event) => event.type === 'content_block_delta');
    t.equal(deltas.map((event) => event.delta.text).join(''), text);
    t.same(
      events.map((event) => event.type).filter((type) => type !== 'content_block_delta'),
      ['message_start', 'content_block_start', 'content_block_stop', 'message_delta', 'message_stop'],
    );
    t.equal(events.at(-1)['amazon-bedrock-invocationMetrics'].outputTokenCount, countTokens(text));
    t.match(simulator.journal.entries()[1], { status: 'ok', outputText: text });
  });

  t.test(`over ${protocol} an ARN is a model id like any other`, async (t) => {
    const simulator = await start(t);
    const client = awsClient(t, simulator, protocol);
    await client.send(new ConverseCommand({ ...ask('hello'), modelId: ARN }));
    const stream = await client.send(new ConverseStreamCommand({ ...ask('hello'), modelId: ARN }));
    for await (const _ of stream.stream ?? []);
    t.same(
      simulator.journal.entries().map((entry) => entry.modelId),
      [ARN, ARN],
    );
  });

  t.test(`over ${protocol} maxTokens and stop sequences end an answer, whichever comes first`, async (t) => {
    const client = awsClient(t, await start(t), protocol);
    const limited = async (inferenceConfig: { maxTokens?: number; stopSequences?: string[] }) => {
      const answer = await client.send(new ConverseCommand({ ...ask('hello there'), inferenceConfig }));
      return { ...answer, text: answer.output?.message?.content?.[0]?.text ?? '' };
    };
    const whole = await limited({});
    const cut = await limited({ maxTokens: 7 });
    t.equal(cut.stopReason, 'max_tokens');
    t.equal(cut.usage?.outputTokens, 7);
    t.ok(whole.text.startsWith(cut.text) && countTokens(cut.text) === 7, cut.text);
    const word = whole.text.split(' ')[6] ?? '';
    const stopped = await limited({ stopSequences: ['never said', word] });
    t.equal(stopped.stopReason, 'stop_sequence');
    t.equal(stopped.text, whole.text.slice(0, whole.text.indexOf(word)));
    t.equal((await limited({ stopSequences: [word], maxTokens: 2 })).stopReason, 'max_tokens');
    t.equal((await limited({ maxTokens: whole.usage?.outputTokens ?? 0 })).stopReason, 'end_turn');
    const silent = await limited({ stopSequences: [whole.text[0] ?? ''] });
    t.same([silent.output?.message?.content, silent.usage?.outputTokens], [[], 0]);
  });
}

t.test('both protocols share the port at the same time', async (t) => {
  const simulator = await start(t);
  const clients = PROTOCOLS.map((protocol) => awsClient(t, simulator, protocol));
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => {
      const client = clients[index % clients.length];
      return client === undefined ? null : converse(client, `question ${index}`);
    }),
  );
  t.ok(answers.every((answer, index) => answer?.text.includes(`question ${index}`)));
  t.equal(new Set(simulator.journal.entries().map((entry) => entry.id)).size, 20);
});

t.test('a paced simulator streams word by word and is silent before a whole answer', async (t) => {
  const simulator = await start(t, { pace: { firstTokenMs: 30, betweenTokensMs: 1 } });
  const client = awsClient(t, simulator);
  const heard = await listenTo(client, 'hello there');
  t.equal(heard.error, null);
  const words = heard.text.split(/\s+/).length;
  const deltas = heard.events.filter((event) => event.contentBlockDelta !== undefined);
  t.equal(deltas.length, words);
  const { metrics } = await converse(client, 'hello there');
  t.equal(metrics?.latencyMs, 30 + words);
  for (const entry of simulator.journal.entries()) {
    t.ok((entry.finishedAt ?? 0) - entry.at >= 30 + words - 5, entry.operation);
  }
});
