// Models that call tools only in whole answers, and clients that want streams.
import t from 'tap';
import { AnswerCollector } from '../../../src/canonical/collect.ts';
import { UpstreamError } from '../../../src/canonical/upstream-error.ts';
import { createBedrockProvider } from '../../../src/providers/bedrock/index.ts';
import { streamWhole } from '../../../src/providers/bedrock/stream-whole.ts';
import { createSimulator } from '../../../src/simulator/simulator.ts';
import { assertPromises } from '../../wire/bedrock/promises.ts';
import { CREDENTIALS, call, kindOf, NEVER, providerFor, readAll } from './calls.ts';

const LLAMA = 'us.meta.llama3-3-70b-instruct-v1:0';
const tools = [{ name: 'clock', description: null, inputSchema: { type: 'object' }, isStrict: false }];

t.test('such a model is asked for a whole answer, which comes as a stream', async (t) => {
  const simulator = await createSimulator();
  t.teardown(() => simulator.close());
  const provider = providerFor(t, simulator.url);
  const capabilities = { tools: 'whole' as const };
  const asked = call('use clock', { modelId: LLAMA, tools, capabilities });
  const { events, error } = await readAll(provider.stream(asked, { signal: NEVER }));
  t.equal(error, undefined);
  assertPromises(events);
  const answer = new AnswerCollector();
  for (const event of events) answer.push(event);
  t.match(answer.blocks(), [{ kind: 'tool-use', name: 'clock', input: {} }]);
  t.match(events.at(-2), { type: 'finish', reason: 'tool_calls' });
  t.match(events.at(-1), { type: 'usage', usage: { outputTokens: Number } });
  t.match(events[0], { type: 'start', upstreamRequestId: String });

  const plain = await readAll(
    provider.stream(call('Hi', { modelId: LLAMA, capabilities }), { signal: NEVER }),
  );
  t.ok(plain.events.length > 4, 'without tools it streams');
  t.same(
    simulator.journal.entries().map(({ operation }) => operation),
    ['Converse', 'ConverseStream'],
  );
});

t.test('a model that refuses is asked for a whole answer, and from then on at once', async (t) => {
  const simulator = await createSimulator();
  t.teardown(() => simulator.close());
  const provider = createBedrockProvider({
    env: {
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: simulator.url,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    },
  });
  t.teardown(() => provider.close());
  const asked = call('use clock', { modelId: LLAMA, tools });
  const model = { baseId: 'meta.llama3', capabilities: {}, contextTokens: 8_000, maxOutputTokens: 2_000 };
  const prepare = () => provider.prepareChat(asked.request, model, { defaultMaxOutputTokens: 64 });

  const first = prepare();
  const { error } = await readAll(first.stream(asked, { signal: NEVER }));
  t.equal(kindOf(error), 'rejected');
  t.ok(error instanceof UpstreamError);
  const remedy = error instanceof UpstreamError ? first.remedy(error) : undefined;
  t.ok(remedy !== undefined, 'there is another form of it');
  // The second is prepared when the first has been answered: only then is the refusal believed.
  for (const form of [() => remedy, prepare]) {
    const chat = form();
    if (chat === undefined) continue;
    const { events } = await readAll(chat.stream(asked, { signal: NEVER }));
    t.ok(events.some((event) => event.type === 'tool-start' && event.name === 'clock'));
    t.equal(chat.remedy(new UpstreamError({ kind: 'rejected', message: 'no' })), undefined);
  }
  t.same(
    simulator.journal.entries().map(({ operation }) => operation),
    ['ConverseStream', 'Converse', 'Converse'],
  );
});

t.test('what a whole answer says of itself is in its events, and no more', async (t) => {
  const usage = {
    inputTokens: 1,
    outputTokens: 2,
    cacheReadTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
  };
  const answer = {
    content: [
      { kind: 'reasoning' as const, text: 'hm', signature: 's' },
      { kind: 'redacted-reasoning' as const, base64: 'AAB=' },
      { kind: 'text' as const, text: 'a', citations: [{ title: 'x' }] },
    ],
    finishReason: 'stop_sequence' as const,
    stopSequence: 'END',
    latencyMs: 7,
  };
  const told = await readAll(streamWhole(async () => ({ ...answer, usage, serviceTier: 'flex' })));
  assertPromises(told.events);
  t.match(told.events.at(-2), { type: 'finish', reason: 'stop_sequence', stopSequence: 'END' });
  t.same(told.events.at(-1), { type: 'usage', usage, latencyMs: 7, serviceTier: 'flex' });
  const unreported = await readAll(streamWhole(async () => ({ ...answer, usage: null })));
  t.equal(unreported.events.at(-1)?.type, 'finish');
  const absurd = await readAll(streamWhole(async () => ({ ...answer, usage: null, isUsageAbsurd: true })));
  t.same(absurd.events.at(-1), { type: 'usage', usage: null, latencyMs: 7 });
});
