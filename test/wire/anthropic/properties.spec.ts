// Any body is either taken, or refused with the path of a field; the reader never fails in any other way.
import fc from 'fast-check';
import t from 'tap';
import { Refusal } from '../../../src/canonical/refusal.ts';
import { MINIMAL, readJson, refusalOf } from './read-body.ts';

const text = fc.string({ maxLength: 12 });
const visible = fc.string({ minLength: 1, maxLength: 12 });
const cached = {
  cache_control: fc.option(fc.constant({ type: 'ephemeral', ttl: '5m' }), { nil: undefined }),
};
const textBlock = fc.record({ type: fc.constant('text'), text, ...cached });
const image = fc.record({
  type: fc.constant('image'),
  source: fc.oneof(
    fc.record({
      type: fc.constant('base64'),
      media_type: fc.constantFrom('image/png', 'image/jpeg', 'image/gif', 'image/webp'),
      data: fc.base64String({ minLength: 4 }),
    }),
    fc.record({ type: fc.constant('url'), url: fc.webUrl() }),
  ),
  ...cached,
});
const document = fc.record({
  type: fc.constant('document'),
  source: fc.oneof(
    fc.record({ type: fc.constant('text'), media_type: fc.constant('text/plain'), data: visible }),
    fc.record({ type: fc.constant('content'), content: visible }),
  ),
  title: fc.option(text),
  citations: fc.option(fc.record({ enabled: fc.boolean() })),
});
const searchResult = fc.record({
  type: fc.constant('search_result'),
  source: text,
  title: text,
  content: fc.array(textBlock, { maxLength: 2 }),
});
const toolResult = fc.record({
  type: fc.constant('tool_result'),
  tool_use_id: visible,
  content: fc.oneof(text, fc.array(fc.oneof(textBlock, image, document, searchResult), { maxLength: 3 })),
  is_error: fc.option(fc.boolean(), { nil: undefined }),
});
const toolUse = fc.record({
  type: fc.constant('tool_use'),
  id: visible,
  name: visible,
  input: fc.dictionary(text, fc.jsonValue(), { maxKeys: 3 }),
});
const thinking = fc.record({ type: fc.constant('thinking'), thinking: text, signature: text });
const message = fc.oneof(
  fc.record({
    role: fc.constant('user'),
    content: fc.oneof(
      visible,
      fc.array(fc.oneof(textBlock, image, document, searchResult, toolResult), {
        minLength: 1,
        maxLength: 4,
      }),
    ),
  }),
  fc.record({
    role: fc.constant('assistant'),
    content: fc.oneof(
      visible,
      fc.array(fc.oneof(textBlock, toolUse, thinking), { minLength: 1, maxLength: 4 }),
    ),
  }),
);
const legal = fc.record({
  model: visible,
  max_tokens: fc.integer({ min: 1, max: 64_000 }),
  messages: fc.array(message, { minLength: 1, maxLength: 5 }),
  system: fc.option(fc.oneof(text, fc.array(textBlock, { maxLength: 3 }))),
  temperature: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  stop_sequences: fc.option(fc.array(text, { maxLength: 3 })),
  metadata: fc.option(fc.record({ user_id: fc.option(text) })),
  stream: fc.boolean(),
});

t.test('every legal body is taken, with as many turns and blocks as it has', async (t) => {
  fc.assert(
    fc.property(legal, (body) => {
      const { request, dropped } = readJson(JSON.stringify(body));
      const counts = request.turns.map(({ content }) => content.length);
      const sent = body.messages.map(({ content }) => (typeof content === 'string' ? 1 : content.length));
      return JSON.stringify(counts) === JSON.stringify(sent) && dropped.length === 0;
    }),
    { numRuns: 300 },
  );
  t.pass();
});

/** Replaces one value somewhere in a body. */
function mutate(value: unknown, [step, ...rest]: number[], junk: unknown): unknown {
  if (step === undefined || typeof value !== 'object' || value === null) return junk;
  const keys = Object.keys(value);
  const key = keys[step % Math.max(1, keys.length)];
  if (key === undefined) return junk;
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...value };
  Object.assign(copy, {
    [key]: mutate(Object.entries(value).find(([name]) => name === key)?.[1], rest, junk),
  });
  return copy;
}

t.test('a body with something wrong in it is taken, or refused with a path', async (t) => {
  const path = fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(legal, path, fc.jsonValue(), (body, steps, junk) => {
      const json = JSON.stringify(mutate(body, steps, junk));
      try {
        readJson(json);
        return true;
      } catch (error) {
        if (!(error instanceof Refusal) || error.param === null || error.param === '') return false;
        const told = refusalOf(() => readJson(json));
        return (
          told.status === 400 && told.message.includes(told.param ?? '?') && !/\[\d/.test(told.param ?? '')
        );
      }
    }),
    { numRuns: 1_000 },
  );
  t.pass();
});

t.test('any JSON in place of a member is taken or refused, and never anything else', async (t) => {
  const names = ['system', 'tools', 'tool_choice', 'thinking', 'output_config', 'output_format', 'metadata'];
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.jsonValue(), (name, junk) => {
      try {
        readJson(JSON.stringify({ ...MINIMAL, [name]: junk }));
        return true;
      } catch (error) {
        return error instanceof Refusal && error.param?.startsWith(name) === true;
      }
    }),
    { numRuns: 500 },
  );
  t.pass();
});
