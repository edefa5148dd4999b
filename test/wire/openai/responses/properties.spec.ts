// What holds for every legal body, and for every answer.
import fc from 'fast-check';
import type { ResponseCreateParams } from 'openai/resources/responses/responses';
import t from 'tap';
import type { AnswerBlock } from '../../../../src/canonical/content.ts';
import type { ChatEvent, FinishReason } from '../../../../src/canonical/event.ts';
import { Refusal } from '../../../../src/canonical/refusal.ts';
import { encodeResponse } from '../../../../src/wire/openai/responses/encode-response.ts';
import { answerOf, collected, eventsOfAnswer, factsOf, streamOf } from './answers.ts';
import { read } from './read-body.ts';

const word = fc.string({ maxLength: 8 });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
/** Members that may be absent. */
const some = <T extends Record<string, fc.Arbitrary<unknown>>>(members: T) =>
  fc.record(members, { requiredKeys: [] });

const part = fc.oneof(
  fc.record({ type: fc.constant('input_text'), text: word }),
  fc.record({
    type: fc.constant('input_image'),
    detail: fc.constant('auto'),
    image_url: fc.constantFrom(
      'https://x/y.png',
      'data:image/png;base64,iVBORw0KGgoA',
      'http://x',
      'nonsense',
    ),
  }),
  fc.record({
    type: fc.constant('input_file'),
    filename: maybe(fc.constantFrom('a.pdf', 'b.zip')),
    file_data: maybe(fc.constantFrom('data:application/pdf;base64,JVBE', 'JVBE', '?')),
    file_id: maybe(fc.constant('file_1')),
  }),
);
const content = fc.oneof(word, fc.array(part, { maxLength: 3 }));
const said = fc.oneof(
  word,
  fc.array(
    fc.oneof(
      fc.record({ type: fc.constant('output_text'), text: word, annotations: fc.constant([]) }),
      fc.record({ type: fc.constant('refusal'), refusal: word }),
    ),
  ),
);
const item = fc.oneof(
  fc.record({ role: fc.constantFrom('user', 'system', 'developer'), content }),
  fc.record({ type: fc.constant('message'), role: fc.constant('assistant'), content: said }),
  fc.record({
    type: fc.constant('function_call'),
    call_id: fc.constantFrom('c1', 'c2'),
    name: fc.constantFrom('f', 'g'),
    arguments: fc.oneof(fc.json(), word),
  }),
  fc.record({
    type: fc.constantFrom('function_call_output', 'custom_tool_call_output'),
    call_id: fc.constantFrom('c1', 'c2'),
    output: content,
  }),
  fc.record({ type: fc.constant('custom_tool_call'), call_id: word, name: word, input: word }),
  fc.record({
    type: fc.constant('reasoning'),
    id: word,
    summary: fc.array(fc.record({ type: fc.constant('summary_text'), text: word })),
    encrypted_content: maybe(word),
  }),
  fc.record({ type: fc.constantFrom('item_reference', 'web_search_call', 'compaction_trigger'), id: word }),
);
const tool = fc.oneof(
  fc.record({
    type: fc.constant('function'),
    name: fc.constantFrom('f', 'g', 'h'),
    parameters: fc.constantFrom(null, {}, { type: 'object' }),
    strict: fc.constantFrom(null, true, false),
  }),
  fc.record({ type: fc.constant('custom'), name: fc.constantFrom('f', 'patch') }),
  fc.record({ type: fc.constantFrom('web_search', 'shell', 'local_shell') }),
);
const members = {
  input: fc.oneof(word, fc.array(item, { maxLength: 6 })),
  instructions: fc.option(word),
  tools: fc.array(tool, { maxLength: 3 }),
  tool_choice: fc.oneof(
    fc.constantFrom('none', 'auto', 'required'),
    fc.record({ type: fc.constantFrom('function', 'custom'), name: fc.constantFrom('f', 'x') }),
    fc.record({
      type: fc.constant('allowed_tools'),
      mode: fc.constantFrom('auto', 'required'),
      tools: fc.array(fc.record({ type: fc.constant('function'), name: fc.constantFrom('f', 'x') })),
    }),
    fc.constant({ type: 'web_search_preview' }),
  ),
  text: some({
    format: fc.constantFrom(
      { type: 'text' },
      { type: 'json_object' },
      { type: 'json_schema', name: 'n', schema: {}, strict: true },
    ),
    verbosity: fc.constantFrom(null, 'low'),
  }),
  reasoning: some({
    effort: fc.constantFrom(null, 'none', 'minimal', 'max'),
    summary: fc.constantFrom(null, 'auto', 'detailed'),
  }),
  include: fc.array(fc.constantFrom('reasoning.encrypted_content', 'message.output_text.logprobs')),
  previous_response_id: fc.option(word),
  conversation: fc.option(word),
  background: fc.boolean(),
  store: fc.boolean(),
  stream: fc.boolean(),
  stream_options: fc.constantFrom(null, { include_obfuscation: false }),
  truncation: fc.constantFrom('auto', 'disabled', null),
  service_tier: fc.constantFrom('auto', 'default', 'flex', 'scale', 'priority', null),
  top_logprobs: fc.nat({ max: 20 }),
  metadata: fc.dictionary(word, word, { maxKeys: 3 }),
  max_output_tokens: fc.integer({ min: 1, max: 100 }),
};
/** A few of them: with all at once something would always be refused. */
const legal = fc
  .subarray(Object.keys(members), { maxLength: 3 })
  .chain((names) => fc.record(members).map((all) => pick(all, ['input', ...names])));

function pick(all: object, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}

/** Fields of this API; a path begins with one of them. */
const FIELD = /^[\w.-]+/;
const FIELDS: ReadonlySet<string> = new Set<keyof ResponseCreateParams>([
  ...([
    'background',
    'conversation',
    'include',
    'input',
    'instructions',
    'max_output_tokens',
    'metadata',
  ] as const),
  ...(['model', 'previous_response_id', 'reasoning', 'service_tier', 'stream_options', 'text'] as const),
  ...(['tool_choice', 'tools', 'top_logprobs', 'truncation'] as const),
]);

t.test('a legal body is read, or refused by a path of this API', async (t) => {
  let taken = 0;
  fc.assert(
    fc.property(legal, (asked) => {
      try {
        const { request, dropped } = read(asked);
        taken += 1;
        return request.turns.length > 0 && dropped.every((name) => /^[\w.-]{1,64}$/.test(name));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const field = FIELD.exec(error.param ?? '')?.[0].split('.')[0] ?? '';
        return FIELDS.has(field) && error.kind !== 'internal';
      }
    }),
    { numRuns: 3_000 },
  );
  t.ok(taken > 100, `${taken} were taken`);
});

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const block: fc.Arbitrary<AnswerBlock> = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), text }),
  fc.record({ kind: fc.constant('reasoning' as const), text, signature: fc.option(word) }),
  fc.record({ kind: fc.constant('redacted-reasoning' as const), base64: fc.base64String() }),
  fc.record({
    kind: fc.constant('tool-use' as const),
    id: word,
    name: fc.constantFrom('f', 'patch'),
    input: fc.oneof(
      fc.record({ input: text }),
      fc.dictionary(word, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 2 }),
    ),
  }),
);
const REASONS: FinishReason[] = [
  ...(['stop', 'stop_sequence', 'length', 'context_window', 'tool_calls'] as const),
  ...(['refusal', 'guardrail', 'unknown'] as const),
];

/** The same events with their texts cut in two. */
function cutUp(events: ChatEvent[]): ChatEvent[] {
  return events.flatMap((event): ChatEvent[] => {
    if (event.type === 'tool-delta') {
      const half = event.json.length >> 1;
      return [
        { ...event, json: event.json.slice(0, half) },
        { ...event, json: event.json.slice(half) },
      ];
    }
    if (event.type !== 'text-delta' && event.type !== 'reasoning-delta') return [event];
    const half = event.text.length >> 1;
    return [
      { ...event, text: event.text.slice(0, half) },
      { ...event, text: event.text.slice(half) },
    ];
  });
}

/** The blocks' events dealt out by turns: each block's own order stays, and so does the order in which they begin. */
function interleave(blocks: ChatEvent[][]): ChatEvent[] {
  const [heads, tails] = [blocks.map(([head]) => head), blocks.map(([, ...tail]) => tail)];
  const rest: ChatEvent[] = [];
  for (let at = 0; tails.some((tail) => at < tail.length); at += 1)
    rest.push(...tails.flatMap((tail) => tail.slice(at, at + 1)));
  return [...heads.flatMap((head) => (head === undefined ? [] : [head])), ...rest];
}

t.test('a stream ends with the response that the whole answer is, and counts its events', async (t) => {
  fc.assert(
    fc.property(
      fc.array(block, { maxLength: 5 }),
      fc.constantFrom(...REASONS),
      fc.boolean(),
      fc.boolean(),
      (blocks, reason, isKept, overlaps) => {
        const facts = factsOf({
          tools: [{ type: 'custom', name: 'patch' }],
          ...(isKept && { include: ['reasoning.encrypted_content'] }),
        });
        const answer = answerOf(blocks, reason);
        const events = cutUp(eventsOfAnswer(answer));
        const byBlock = blocks.map((_block, number) =>
          events.filter((event) => 'block' in event && event.block === number),
        );
        const ordered = overlaps
          ? [...events.slice(0, 1), ...interleave(byBlock), ...events.slice(-2)]
          : events;
        t.same(collected(ordered), blocks);
        const told = streamOf(facts, ordered);
        t.same(
          told.map((event) => event.sequence_number),
          told.map((_event, index) => index),
        );
        t.same(told.at(-1)?.response, encodeResponse(facts, answer));
        const items = told.filter((event) => event.type === 'response.output_item.done');
        t.same(
          items.sort((a, b) => a.output_index - b.output_index).map((event) => event.item),
          told.at(-1)?.response?.output,
        );
      },
    ),
    { numRuns: 500 },
  );
});
