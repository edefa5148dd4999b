import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import type { ChatEvent } from '../../../src/canonical/event.ts';
import { StreamDecoder } from '../../../src/wire/bedrock/decode-stream.ts';
import { thrownBy } from './chat-request.ts';

type Sent = [eventType: string, payload: unknown];

function read(...sent: Sent[]): { decoder: StreamDecoder; events: ChatEvent[] } {
  const decoder = new StreamDecoder();
  const events: ChatEvent[] = [];
  for (const [eventType, payload] of sent) decoder.decode(eventType, payload, events);
  return { decoder, events };
}

const START: Sent = ['messageStart', { role: 'assistant', p: 'abc' }];
const delta = (text: string, contentBlockIndex = 0): Sent => [
  'contentBlockDelta',
  { contentBlockIndex, delta: { text }, p: 'abcdef' },
];
const STOP: Sent = ['messageStop', { stopReason: 'end_turn' }];
const METADATA: Sent = [
  'metadata',
  { usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 }, metrics: { latencyMs: 40 } },
];
const USAGE_EVENT = {
  type: 'usage',
  usage: {
    inputTokens: 3,
    outputTokens: 2,
    cacheReadTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
  },
  latencyMs: 40,
};

t.test('a stream is a start, its deltas with their blocks, a finish and the usage', async (t) => {
  const { decoder, events } = read(
    START,
    delta('Hel'),
    delta('lo'),
    ['contentBlockStop', { contentBlockIndex: 0 }],
    delta('!', 2),
    STOP,
    METADATA,
  );
  t.same(events, [
    { type: 'start' },
    { type: 'text-delta', block: 0, text: 'Hel' },
    { type: 'text-delta', block: 0, text: 'lo' },
    { type: 'text-delta', block: 2, text: '!' },
    { type: 'finish', reason: 'stop' },
    USAGE_EVENT,
  ]);
  t.ok(decoder.isFinished);
  t.doesNotThrow(() => decoder.end());
});

t.test('what is unknown, empty or odd is skipped', async (t) => {
  const { events } = read(
    START,
    START,
    ['contentBlockStart', { contentBlockIndex: 0, start: { toolUse: { toolUseId: 't', name: 'f' } } }],
    delta(''),
    ['contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { text: 'hm' } } }],
    ['contentBlockDelta', { contentBlockIndex: 0, delta: { somethingNew: {} } }],
    ['contentBlockDelta', { delta: { text: 7 } }],
    ['contentBlockDelta', {}],
    ['contentBlockDelta', null],
    ['contentBlockDelta', 'text'],
    ['somethingNew', { a: 1 }],
    ['toString', {}],
    ['metadata', []],
  );
  t.same(events, [{ type: 'start' }]);
});

t.test('a start is always first, even if the upstream forgot it', async (t) => {
  t.same(read(delta('x')).events, [{ type: 'start' }, { type: 'text-delta', block: 0, text: 'x' }]);
  t.same(read(STOP).events, [{ type: 'start' }, { type: 'finish', reason: 'stop' }]);
});

t.test('usage comes once and after the finish, however the upstream orders it', async (t) => {
  const types = (...sent: Sent[]) => read(...sent).events.map((event) => event.type);
  t.same(types(START, METADATA, STOP, METADATA), ['start', 'finish', 'usage']);
  t.same(types(START, STOP, METADATA, METADATA), ['start', 'finish', 'usage']);
  t.same(types(START, STOP, ['metadata', { metrics: { latencyMs: 1 } }]), ['start', 'finish']);
  const nonsense = read(START, STOP, ['metadata', { usage: { inputTokens: -3, outputTokens: 1 } }]);
  t.match(nonsense.events.at(-1), { type: 'usage', usage: null }, 'nonsense is told apart from nothing');
});

t.test('nothing is said after the finish but the usage, and it finishes once', async (t) => {
  const { events } = read(START, delta('a'), STOP, delta('b'), ['messageStop', { stopReason: 'max_tokens' }]);
  t.same(events.slice(2), [{ type: 'finish', reason: 'stop' }]);
});

t.test('a stream without a stop is incomplete, whatever else it had', async (t) => {
  for (const sent of [[], [START], [START, delta('a')], [START, delta('a'), METADATA]]) {
    const { decoder } = read(...sent);
    t.notOk(decoder.isFinished);
    t.match(
      thrownBy(() => decoder.end('req-1')),
      { kind: 'incomplete', upstreamRequestId: 'req-1' },
    );
  }
});

t.test(
  'output the model spoilt is an error at the end, after its usage, unless there was text',
  async (t) => {
    const spoilt: Sent = ['messageStop', { stopReason: 'malformed_model_output' }];
    const nothing = read(START, spoilt, METADATA);
    t.same(nothing.events, [{ type: 'start' }, USAGE_EVENT]);
    t.match(
      thrownBy(() => nothing.decoder.end()),
      { kind: 'model_error' },
    );
    const something = read(START, delta('a'), spoilt);
    t.same(something.events.at(-1), { type: 'finish', reason: 'stop' });
    t.doesNotThrow(() => something.decoder.end());
  },
);

t.test('any JSON under any event name is taken without throwing, in the promised order', async (t) => {
  const names = [
    'messageStart',
    'contentBlockDelta',
    'messageStop',
    'metadata',
    'contentBlockStart',
    '__proto__',
  ];
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...names), fc.jsonValue())), (sent) => {
      const types = read(...sent).events.map((event) => event.type);
      const order = ['start', 'text-delta', 'finish', 'usage'];
      const ranks = types.map((type) => order.indexOf(type));
      assert.deepEqual(ranks, [...ranks].sort());
      assert.ok(types.filter((type) => type === 'finish').length <= 1);
    }),
    { numRuns: 200 },
  );
  t.pass('for 200 streams');
});
