// Tools and the choice among them.
import t from 'tap';
import { read, verdict } from './read-body.ts';

const F = { type: 'function', name: 'f', description: 'does', parameters: { type: 'object' }, strict: true };
const G = { type: 'function', name: 'g', parameters: null, strict: null };
const PATCH = { type: 'custom', name: 'patch', description: 'Edits files.' };

t.test('function tools are flat here', async (t) => {
  t.same(read({ tools: [F, G] }).request.tools, [
    { name: 'f', description: 'does', inputSchema: { type: 'object' }, isStrict: true },
    { name: 'g', description: null, inputSchema: {}, isStrict: false },
  ]);
});

t.test('a custom tool is a function with one text, and its grammar is told in words', async (t) => {
  const format = { type: 'grammar', syntax: 'lark', definition: 'start: "a"' };
  const { request, customNames } = read({
    tools: [F, { ...PATCH, format }, { type: 'custom', name: 'bare' }],
  });
  t.same([...customNames], ['patch', 'bare']);
  t.match(request.tools[1], {
    name: 'patch',
    description: 'Edits files.\n\nThe input must match this Lark grammar:\nstart: "a"',
    inputSchema: { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] },
    isStrict: false,
  });
  t.equal(request.tools[2]?.description, null);
});

t.test('every form of choice is understood', async (t) => {
  const choiceOf = (tool_choice: unknown) => read({ tools: [F, G, PATCH], tool_choice }).request.toolChoice;
  t.equal(choiceOf(null), null);
  t.same(choiceOf('none'), { kind: 'none' });
  t.same(choiceOf('auto'), { kind: 'auto' });
  t.same(choiceOf('required'), { kind: 'required' });
  t.same(choiceOf({ type: 'function', name: 'g' }), { kind: 'tool', name: 'g' });
  t.same(choiceOf({ type: 'custom', name: 'patch' }), { kind: 'tool', name: 'patch' });
});

t.test('allowed tools are the only ones that the model sees', async (t) => {
  const { request } = read({
    tools: [F, G, PATCH],
    tool_choice: {
      type: 'allowed_tools',
      mode: 'required',
      tools: [
        { type: 'custom', name: 'patch' },
        { type: 'function', name: 'f' },
      ],
    },
  });
  t.same(
    request.tools.map(({ name }) => name),
    ['f', 'patch'],
  );
  t.same(request.toolChoice, { kind: 'required' });
});

const HOSTED = [
  ...['web_search', 'web_search_preview', 'file_search', 'computer', 'computer_use_preview', 'mcp'],
  ...[
    'code_interpreter',
    'image_generation',
    'local_shell',
    'shell',
    'apply_patch',
    'namespace',
    'tool_search',
  ],
];

t.test('hosted tools are refused by their type', async (t) => {
  for (const type of HOSTED)
    t.equal(verdict({ tools: [F, { type, server_label: 's' }] }), 'unsupported_value tools[1].type', type);
});

const REFUSED: [object, string][] = [
  [{ tools: [{ type: 'x' }] }, 'invalid_value tools[0].type'],
  [{ tools: [{ name: 'x' }] }, 'missing_parameter tools[0].type'],
  [{ tools: [{ type: 'function' }] }, 'missing_parameter tools[0].name'],
  [{ tools: [{ type: 'function', name: 'f', parameters: [] }] }, 'invalid_type tools[0].parameters'],
  [{ tools: [F, { ...PATCH, name: 'f' }] }, 'invalid_value tools[1].name'],
  [{ tools: [{ ...PATCH, format: { type: 'x' } }] }, 'invalid_value tools[0].format.type'],
  [
    { tools: [{ ...PATCH, format: { type: 'grammar', syntax: 'lark' } }] },
    'missing_parameter tools[0].format.definition',
  ],
  [
    { tools: [{ ...PATCH, format: { type: 'grammar', syntax: 'x', definition: 'x' } }] },
    'invalid_value tools[0].format.syntax',
  ],
  [{ tool_choice: 'required' }, 'invalid_value tool_choice'],
  [{ tool_choice: 'x' }, 'invalid_value tool_choice'],
  [{ tools: [F], tool_choice: { type: 'x' } }, 'invalid_value tool_choice.type'],
  [{ tools: [F], tool_choice: { type: 'mcp', server_label: 's' } }, 'unsupported_value tool_choice.type'],
  [{ tools: [F], tool_choice: { type: 'function' } }, 'missing_parameter tool_choice.name'],
  [{ tools: [F], tool_choice: { type: 'function', name: 'h' } }, 'invalid_value tool_choice.name'],
  [
    { tools: [F], tool_choice: { type: 'allowed_tools', mode: 'auto' } },
    'missing_parameter tool_choice.tools',
  ],
  [
    { tools: [F], tool_choice: { type: 'allowed_tools', mode: 'x', tools: [] } },
    'invalid_value tool_choice.mode',
  ],
  [
    { tools: [F], tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'mcp' }] } },
    'unsupported_value tool_choice.tools[0].type',
  ],
  [
    {
      tools: [F],
      tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'h' }] },
    },
    'invalid_value tool_choice.tools[0].name',
  ],
  [
    { tools: [F], tool_choice: { type: 'allowed_tools', mode: 'required', tools: [] } },
    'invalid_value tool_choice.mode',
  ],
];

t.test('what cannot be served is refused by its path', async (t) => {
  for (const [members, expected] of REFUSED) t.equal(verdict(members), expected, JSON.stringify(members));
});
