import fc from 'fast-check';
import t from 'tap';
import { thrownBy } from './chat-request.ts';
import { assertPromises } from './promises.ts';
import {
  blockStop,
  finishOf,
  input,
  part,
  read,
  type Sent,
  START,
  STOP,
  stop,
  text,
  toolStart,
} from './sent.ts';

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

t.test('a stream is a start, its blocks, a finish and the usage', async (t) => {
  const { decoder, events } = read([
    START,
    text('Hel'),
    text('lo'),
    blockStop(),
    text('!', 2),
    STOP,
    METADATA,
  ]);
  t.same(events, [
    { type: 'start' },
    { type: 'text-delta', block: 0, text: 'Hel' },
    { type: 'text-delta', block: 0, text: 'lo' },
    { type: 'block-end', block: 0 },
    { type: 'text-delta', block: 1, text: '!' },
    { type: 'block-end', block: 1 },
    { type: 'finish', reason: 'stop' },
    USAGE_EVENT,
  ]);
  t.ok(decoder.isFinished);
  t.doesNotThrow(() => decoder.end());
});

t.test('what is unknown, empty or odd is skipped', async (t) => {
  const { events } = read([
    START,
    START,
    text(''),
    part({ somethingNew: {} }),
    part({ toolUse: { input: '{}' } }),
    part({ toolUse: 7 }),
    part({ reasoningContent: 'hm' }),
    part({ reasoningContent: { text: '' } }),
    part({ citation: 'there' }),
    part({ image: { source: {} } }),
    ['contentBlockDelta', { delta: { text: 7 } }],
    ['contentBlockDelta', {}],
    ['contentBlockDelta', null],
    ['contentBlockDelta', 'text'],
    ['contentBlockStart', { contentBlockIndex: 4 }],
    ['contentBlockStart', { contentBlockIndex: 4, start: {} }],
    blockStop(4),
    ['somethingNew', { a: 1 }],
    ['toString', {}],
    ['metadata', []],
  ]);
  t.same(events, [{ type: 'start' }]);
});

t.test('a start is always first, even if the upstream forgot it', async (t) => {
  t.same(read([text('x')]).events, [{ type: 'start' }, { type: 'text-delta', block: 0, text: 'x' }]);
  t.same(read([STOP]).events, [{ type: 'start' }, { type: 'finish', reason: 'stop' }]);
  t.same(read([toolStart({ name: 'f', toolUseId: 't' })]).events[0], { type: 'start' });
});

t.test('usage comes once and after the finish, however the upstream orders it', async (t) => {
  const types = (...sent: Sent[]) => read(sent).events.map((event) => event.type);
  t.same(types(START, METADATA, STOP, METADATA), ['start', 'finish', 'usage']);
  t.same(types(START, STOP, METADATA, METADATA), ['start', 'finish', 'usage']);
  t.same(types(START, STOP, ['metadata', { metrics: { latencyMs: 1 } }]), ['start', 'finish']);
  const nonsense = read([START, STOP, ['metadata', { usage: { inputTokens: -3, outputTokens: 1 } }]]);
  t.match(nonsense.events.at(-1), { type: 'usage', usage: null }, 'nonsense is told apart from nothing');
});

t.test('the tier that served the answer comes with the usage', async (t) => {
  const usage = { inputTokens: 3, outputTokens: 2 };
  const { events } = read([START, STOP, ['metadata', { usage, serviceTier: { type: 'flex' } }]]);
  t.match(events.at(-1), { type: 'usage', serviceTier: 'flex' });
});

t.test('nothing is said after the finish but the usage, and it finishes once', async (t) => {
  const { events } = read([
    ...[START, text('a'), STOP, text('b'), toolStart({ name: 'f', toolUseId: 't' }, 1)],
    ...[blockStop(1), stop('max_tokens')],
  ]);
  t.same(events.slice(2), [
    { type: 'block-end', block: 0 },
    { type: 'finish', reason: 'stop' },
  ]);
});

t.test('a stream without a stop is incomplete, whatever else it had', async (t) => {
  for (const sent of [[], [START], [START, text('a')], [START, text('a'), blockStop(), METADATA]]) {
    const { decoder } = read(sent);
    t.notOk(decoder.isFinished);
    t.match(
      thrownBy(() => decoder.end('req-1')),
      { kind: 'incomplete', upstreamRequestId: 'req-1' },
    );
  }
});

t.test(
  'output the model spoilt is an error at the end, after its usage, unless some can be used',
  async (t) => {
    for (const reason of ['malformed_model_output', 'malformed_tool_use']) {
      const nothing = read([START, stop(reason), METADATA]);
      t.same(nothing.events, [{ type: 'start' }, USAGE_EVENT]);
      t.match(
        thrownBy(() => nothing.decoder.end()),
        { kind: 'model_error' },
      );
      const words = read([START, text('a'), stop(reason)]);
      t.same(words.events.at(-1), { type: 'finish', reason: 'stop' });
      t.doesNotThrow(() => words.decoder.end());

      const call = toolStart({ name: 'f', toolUseId: 't' });
      const broken = read([START, call, input('{"a":'), stop(reason)]);
      t.notOk(broken.events.some(({ type }) => type === 'finish'));
      t.match(
        thrownBy(() => broken.decoder.end()),
        { kind: 'model_error' },
      );
      t.match(
        finishOf([call, input('{"a":1}'), stop(reason)]),
        { reason: 'tool_calls' },
        'a call that can be made',
      );
      t.match(
        finishOf([text('a', 1), call, input('{"a":'), stop(reason)]),
        { reason: 'stop' },
        'words can be used',
      );
    }
  },
);

t.test(
  'a model that called a tool has stopped for it, whatever it says; and one that did not has not',
  async (t) => {
    const call = toolStart({ name: 'f', toolUseId: 't' });
    for (const word of ['end_turn', 'tool_use', 'something_new'])
      t.match(finishOf([call, stop(word)]), { reason: 'tool_calls' }, word);
    t.match(finishOf([call, input('{"a'), stop('max_tokens')]), { reason: 'length' });
    t.match(finishOf([call, stop('guardrail_intervened')]), { reason: 'guardrail' });
    t.match(finishOf([text('a'), stop('tool_use')]), { reason: 'stop' });
  },
);

t.test('the stop sequence that was met is named where the model names it', async (t) => {
  const met = { type: 'finish', reason: 'stop_sequence', stopSequence: 'END' };
  t.same(finishOf([stop('stop_sequence', { stop_sequence: 'END' })]), met);
  t.same(finishOf([stop('stop_sequence', { delta: { stop_sequence: 'END' } })]), met);
  for (const fields of [undefined, null, 'END', { stop_sequence: null }, { delta: [] }])
    t.same(finishOf([stop('stop_sequence', fields)]), { type: 'finish', reason: 'stop_sequence' });
  t.same(finishOf([stop('end_turn', { stop_sequence: 'END' })]), { type: 'finish', reason: 'stop' });
});

t.test('any JSON under any event name is taken without throwing, and every promise is kept', async (t) => {
  const names = [
    'messageStart',
    'contentBlockDelta',
    'messageStop',
    'metadata',
    'contentBlockStart',
    '__proto__',
  ];
  const anything: fc.Arbitrary<Sent> = fc.tuple(fc.constantFrom(...names), fc.jsonValue());
  const index = fc.nat({ max: 3 });
  const words = fc.constantFrom('', 'a', '{}', '"', 'b');
  // Near to what a model sends, in an order that none would.
  const likely = fc.oneof(
    fc.constantFrom(START, STOP, METADATA, stop('tool_use'), stop('malformed_tool_use')),
    fc.tuple(words, index).map(([word, at]) => text(word, at)),
    fc.tuple(words, index).map(([word, at]) => input(word, at)),
    fc
      .tuple(fc.record({ text: words }), index)
      .map(([content, at]) => part({ reasoningContent: content }, at)),
    fc.tuple(words, index).map(([signature, at]) => part({ reasoningContent: { signature } }, at)),
    index.map((at) => part({ reasoningContent: { redactedContent: 'AAAA' } }, at)),
    index.map((at) => part({ citation: { title: 'x' } }, at)),
    fc
      .tuple(fc.constantFrom('f', 'form', ''), fc.constantFrom('server_tool_use', undefined), index)
      .map(([name, type, at]) => toolStart({ name, toolUseId: 't', type }, at)),
    index.map((at): Sent => ['contentBlockStart', { contentBlockIndex: at, start: { image: {} } }]),
    index.map(blockStop),
  );
  const reading = fc.record({
    answerTool: fc.constantFrom(null, null, 'form'),
    extractsJson: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 1, arbitrary: anything }, { weight: 9, arbitrary: likely })),
      reading,
      (sent, how) => assertPromises(read(sent, how).events),
    ),
    { numRuns: 2000 },
  );
  t.pass('for 2000 streams');
});
