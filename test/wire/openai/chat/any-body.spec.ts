// Any body that has the API's shape is read, or refused with the path of a field that is there or missing.
import fc from 'fast-check';
import t from 'tap';
import { Refusal } from '../../../../src/canonical/refusal.ts';
import { read } from './read-body.ts';

const text = fc.string({ maxLength: 12 });
const name = fc.constantFrom('f', 'g', 'mcp.server/tool', '');
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 3 });

const part = fc.oneof(
  fc.record({ type: fc.constant('text'), text, prompt_cache_breakpoint: maybe(fc.record({ mode: text })) }),
  fc.record({ type: fc.constant('image_url'), image_url: fc.record({ url: fc.oneof(fc.webUrl(), text) }) }),
  fc.record({
    type: fc.constant('file'),
    file: fc.record({ file_data: maybe(text), filename: maybe(text) }),
  }),
  fc.record({ type: fc.constant('refusal'), refusal: text }),
  fc.record({ type: text }),
);
const content = fc.oneof(text, fc.constant(null), fc.array(part, { maxLength: 3 }));
const call = fc.record({
  id: fc.constantFrom('a', 'b'),
  type: maybe(fc.constantFrom('function', 'custom', 'x')),
  function: maybe(fc.record({ name, arguments: fc.oneof(text, fc.json()) })),
  custom: maybe(fc.record({ name, input: text })),
});
const detail = fc.record({
  type: fc.constantFrom('reasoning.text', 'reasoning.encrypted', 'x'),
  text: maybe(text),
  data: maybe(fc.base64String()),
  index: maybe(fc.integer()),
});
const message = fc.record({
  role: fc.constantFrom('system', 'developer', 'user', 'assistant', 'tool', 'function', 'x'),
  content: maybe(content),
  name: maybe(name),
  tool_calls: maybe(fc.array(call, { maxLength: 2 })),
  tool_call_id: maybe(text),
  function_call: maybe(fc.record({ name, arguments: text })),
  refusal: maybe(text),
  reasoning_content: maybe(text),
  reasoning_details: maybe(fc.array(detail, { maxLength: 2 })),
});
const tool = fc.record({
  type: fc.constantFrom('function', 'custom', 'x'),
  function: maybe(
    fc.record({ name, parameters: maybe(fc.dictionary(text, fc.jsonValue())), strict: maybe(fc.boolean()) }),
  ),
  custom: maybe(fc.record({ name })),
});
const body = fc.record({
  messages: fc.array(message, { maxLength: 4 }),
  tools: maybe(fc.array(tool, { maxLength: 2 })),
  functions: maybe(fc.array(fc.record({ name }), { maxLength: 2 })),
  tool_choice: maybe(
    fc.oneof(
      fc.constantFrom('none', 'auto', 'required', 'x'),
      fc.record({
        type: fc.constantFrom('function', 'custom', 'allowed_tools'),
        function: maybe(fc.record({ name })),
      }),
    ),
  ),
  response_format: maybe(fc.record({ type: fc.constantFrom('text', 'json_object', 'json_schema', 'x') })),
  reasoning_effort: maybe(fc.constantFrom('none', 'low', 'max', 'x')),
  service_tier: maybe(fc.constantFrom('auto', 'flex', 'fast', 'x')),
});

t.test('any body is read, or refused by the path of a field', async (t) => {
  let taken = 0;
  let refused = 0;
  fc.assert(
    fc.property(body, (members) => {
      try {
        const { request } = read(members);
        taken += 1;
        return request.turns.length > 0 && request.turns.every((turn) => Array.isArray(turn.content));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        refused += 1;
        const [top = ''] = (error.param ?? '').split(/[.[]/);
        return top in members || top === 'function_call';
      }
    }),
    { numRuns: 2_000 },
  );
  t.ok(taken > 0 && refused > 0, `${taken} taken, ${refused} refused`);
});
