// Tool calls, their results and reasoning, as clients send them back.
import t from 'tap';
import { read, refusalOf } from './read-body.ts';

const HI = { role: 'user', content: 'Hi' };
const turnsOf = (...messages: unknown[]) => read({ messages: [HI, ...messages] }).request.turns.slice(1);
const call = (text: unknown) => ({ id: 'c1', type: 'function', function: { name: 'f', arguments: text } });

t.test('a tool loop keeps its ids, its order and its separate results', async (t) => {
  const turns = turnsOf(
    {
      role: 'assistant',
      content: 'I look.',
      tool_calls: [call('{"a":1}'), { id: 'c2', type: 'custom', custom: { name: 'note', input: 'x "y"' } }],
    },
    { role: 'tool', tool_call_id: 'c1', content: 'one' },
    {
      role: 'tool',
      tool_call_id: 'c2',
      content: [
        { type: 'text', text: 'two' },
        { type: 'text', text: 'three', prompt_cache_breakpoint: { mode: 'explicit' } },
      ],
    },
    { role: 'tool', tool_call_id: 'c3', content: '' },
  );
  const result = { kind: 'tool-result', isError: null };
  t.strictSame(turns, [
    {
      role: 'assistant',
      content: [
        { kind: 'text', text: 'I look.' },
        { kind: 'tool-use', id: 'c1', name: 'f', input: { a: 1 } },
        { kind: 'tool-use', id: 'c2', name: 'note', input: { input: 'x "y"' } },
      ],
    },
    {
      role: 'user',
      content: [
        { ...result, toolUseId: 'c1', content: [{ kind: 'text', text: 'one' }], path: 'messages[2]' },
      ],
    },
    {
      role: 'user',
      content: [
        {
          ...result,
          toolUseId: 'c2',
          content: [
            { kind: 'text', text: 'two' },
            { kind: 'text', text: 'three' },
          ],
          path: 'messages[3]',
          cacheAfter: '5m',
        },
      ],
    },
    { role: 'user', content: [{ ...result, toolUseId: 'c3', content: [], path: 'messages[4]' }] },
  ]);
});

t.test('arguments are an object, whatever the model had written', async (t) => {
  for (const [text, input] of [
    ['', {}],
    [' \n', {}],
    [undefined, {}],
    ['{"a":{"b":[1]}}', { a: { b: [1] } }],
    ['{"a":', { _raw: '{"a":' }],
    ['[1]', { _raw: '[1]' }],
    ['null', { _raw: 'null' }],
    ['"x"', { _raw: '"x"' }],
  ] as const) {
    const turns = turnsOf({ role: 'assistant', content: null, tool_calls: [call(text)] });
    t.strictSame(turns[0]?.content, [{ kind: 'tool-use', id: 'c1', name: 'f', input }], String(text));
  }
});

t.test('the older calls and results find each other without ids', async (t) => {
  const asked = (name: string) => ({
    role: 'assistant',
    content: null,
    function_call: { name, arguments: '{}' },
  });
  const turns = turnsOf(
    asked('f'),
    { role: 'function', name: 'f', content: 'one' },
    asked('g'),
    asked('f'),
    { role: 'function', name: 'f', content: null },
    { role: 'function', name: 'g', content: 'three' },
  );
  const ids = turns.flatMap(({ content }) =>
    content.map((block) =>
      block.kind === 'tool-use' ? block.id : block.kind === 'tool-result' ? block.toolUseId : '',
    ),
  );
  t.same(ids, [
    'call_function_1',
    'call_function_1',
    'call_function_2',
    'call_function_3',
    'call_function_3',
    'call_function_2',
  ]);
});

const DETAILS = [
  { type: 'reasoning.text', text: 'Hm.', signature: 's1', index: 0 },
  { type: 'reasoning.encrypted', data: 'AAEC', index: 1 },
];
const THOUGHTS = [
  { kind: 'reasoning', text: 'Hm.', signature: 's1' },
  { kind: 'redacted-reasoning', base64: 'AAEC' },
];

t.test('reasoning goes back first, from its details, each once', async (t) => {
  const said = { role: 'assistant', content: 'Yes.', reasoning_content: 'Hm.', tool_calls: [call('{}')] };
  const rest = [
    { kind: 'text', text: 'Yes.' },
    { kind: 'tool-use', id: 'c1', name: 'f', input: {} },
  ];
  for (const details of [DETAILS, [...DETAILS.slice(0, 1), ...DETAILS]])
    t.strictSame(turnsOf({ ...said, reasoning_details: details })[0]?.content, [...THOUGHTS, ...rest]);
  for (const details of [[], null, undefined])
    t.strictSame(turnsOf({ ...said, reasoning_details: details })[0]?.content, [
      { kind: 'reasoning', text: 'Hm.', signature: null },
      ...rest,
    ]);
});

t.test('details of another make are left out and named', async (t) => {
  const details = [{ type: 'reasoning.summary', summary: 'x' }, ...DETAILS];
  const { request, dropped } = read({
    messages: [HI, { role: 'assistant', content: 'Yes.', reasoning_details: details }],
  });
  t.strictSame(request.turns[1]?.content, [...THOUGHTS, { kind: 'text', text: 'Yes.' }]);
  t.same(dropped, ['reasoning_details']);
});

t.test('who calls tools may say an empty list', async (t) => {
  const [turn] = turnsOf({ role: 'assistant', content: [], tool_calls: [call('{}')] });
  t.strictSame(turn, {
    role: 'assistant',
    content: [{ kind: 'tool-use', id: 'c1', name: 'f', input: {} }],
  });
  t.match(
    refusalOf(() => turnsOf({ role: 'assistant', content: [] })),
    { kind: 'invalid_value', param: 'messages[1].content' },
  );
});
