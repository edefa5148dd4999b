import t from 'tap';
import type { ChatRequest } from '../../../../src/canonical/request.ts';
import { read, refusalOf } from './read-body.ts';

const SCHEMA = { type: 'object', properties: { city: { type: 'string' } } };
const WEATHER = { type: 'function', function: { name: 'weather', parameters: SCHEMA } };
const CLOCK = {
  type: 'function',
  function: { name: 'mcp.clock/now', description: 'Tells the time', strict: true },
};
const NOTE = { type: 'custom', custom: { name: 'note', description: 'Takes a note' } };
const TOOLS = [WEATHER, CLOCK, NOTE];

const weather = { name: 'weather', description: null, inputSchema: SCHEMA, isStrict: false };
const clock = { name: 'mcp.clock/now', description: 'Tells the time', inputSchema: {}, isStrict: true };
const note = {
  name: 'note',
  description: 'Takes a note',
  inputSchema: {
    type: 'object',
    properties: { input: { type: 'string', description: 'The whole input of the tool, as text.' } },
    required: ['input'],
    additionalProperties: false,
  },
  isStrict: false,
};

t.test('functions and custom tools are tools of the house', async (t) => {
  const { request, toolStyle, dropped } = read({ tools: TOOLS });
  t.strictSame(request.tools, [weather, clock, note]);
  t.equal(request.toolChoice, null);
  t.equal(request.allowsParallelTools, null);
  t.strictSame(toolStyle, { custom: new Set(['note']), isLegacy: false });
  t.same(dropped, []);
});

const CHOICES: [choice: unknown, read: ChatRequest['toolChoice'], tools?: object[]][] = [
  [null, null],
  ['auto', { kind: 'auto' }],
  ['none', { kind: 'none' }],
  ['required', { kind: 'required' }],
  [
    { type: 'function', function: { name: 'weather' } },
    { kind: 'tool', name: 'weather' },
  ],
  [
    { type: 'custom', custom: { name: 'note' } },
    { kind: 'tool', name: 'note' },
  ],
  [
    {
      type: 'allowed_tools',
      allowed_tools: { mode: 'auto', tools: [{ type: 'custom', custom: { name: 'note' } }] },
    },
    { kind: 'auto' },
    [note],
  ],
  [
    {
      type: 'allowed_tools',
      allowed_tools: {
        mode: 'required',
        tools: [
          { type: 'function', function: { name: 'mcp.clock/now' } },
          { type: 'function', function: { name: 'weather' } },
        ],
      },
    },
    { kind: 'required' },
    [weather, clock],
  ],
];

t.test('every form of the choice is read', async (t) => {
  for (const [choice, expected, tools = [weather, clock, note]] of CHOICES) {
    const { request } = read({ tools: TOOLS, tool_choice: choice });
    t.strictSame(request.toolChoice, expected, JSON.stringify(choice));
    t.strictSame(request.tools, tools, JSON.stringify(choice));
  }
});

t.test('parallel calls are a matter of requests with tools', async (t) => {
  for (const allowed of [true, false])
    t.equal(read({ tools: TOOLS, parallel_tool_calls: allowed }).request.allowsParallelTools, allowed);
  t.equal(read({ parallel_tool_calls: false }).request.allowsParallelTools, null);
});

t.test('the older functions are tools of which one is called at a time', async (t) => {
  const functions = [{ name: 'weather', description: '', parameters: SCHEMA }];
  for (const [choice, toolChoice] of [
    [undefined, null],
    ['auto', { kind: 'auto' }],
    ['none', { kind: 'none' }],
    [{ name: 'weather' }, { kind: 'tool', name: 'weather' }],
  ] as const) {
    const { request, toolStyle } = read({ functions, function_call: choice });
    t.strictSame(request.tools, [weather]);
    t.strictSame(request.toolChoice, toolChoice);
    t.equal(request.allowsParallelTools, false);
    t.equal(toolStyle.isLegacy, true);
  }
});

const named = (name: string) => ({ type: 'function', function: { name } });
const REFUSED: [members: Record<string, unknown>, kind: string, param: string][] = [
  [{ tools: [null] }, 'invalid_type', 'tools[0]'],
  [{ tools: [{}] }, 'missing_parameter', 'tools[0].type'],
  [{ tools: [{ type: 'function' }] }, 'missing_parameter', 'tools[0].function'],
  [{ tools: [{ type: 'function', function: {} }] }, 'missing_parameter', 'tools[0].function.name'],
  [{ tools: [named('')] }, 'invalid_value', 'tools[0].function.name'],
  [{ tools: [WEATHER, named('weather')] }, 'invalid_value', 'tools[1].function.name'],
  [
    { tools: [WEATHER, { type: 'custom', custom: { name: 'weather' } }] },
    'invalid_value',
    'tools[1].custom.name',
  ],
  [
    { tools: [{ type: 'function', function: { name: 'f', parameters: [] } }] },
    'invalid_type',
    'tools[0].function.parameters',
  ],
  [{ tools: [WEATHER, { type: 'custom' }] }, 'missing_parameter', 'tools[1].custom'],
  [{ tools: [{ type: 'web_search' }] }, 'invalid_value', 'tools[0].type'],
  [
    { tools: [{ type: 'custom', custom: { name: 'n', format: { type: 'grammar', grammar: {} } } }] },
    'unsupported_value',
    'tools[0].custom.format.type',
  ],
  [
    { tools: [{ type: 'custom', custom: { name: 'n', format: { type: 'x' } } }] },
    'invalid_value',
    'tools[0].custom.format.type',
  ],
  [{ tool_choice: 'required' }, 'invalid_value', 'tool_choice'],
  [{ tool_choice: named('f') }, 'invalid_value', 'tool_choice.function.name'],
  [{ tools: TOOLS, tool_choice: 'any' }, 'invalid_value', 'tool_choice'],
  [{ tools: TOOLS, tool_choice: 5 }, 'invalid_type', 'tool_choice'],
  [{ tools: TOOLS, tool_choice: { type: 'magic' } }, 'invalid_value', 'tool_choice.type'],
  [{ tools: TOOLS, tool_choice: { type: 'function' } }, 'missing_parameter', 'tool_choice.function'],
  [{ tools: TOOLS, tool_choice: named('other') }, 'invalid_value', 'tool_choice.function.name'],
  [
    { tools: TOOLS, tool_choice: { type: 'allowed_tools' } },
    'missing_parameter',
    'tool_choice.allowed_tools',
  ],
  [
    {
      tools: TOOLS,
      tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'none', tools: [WEATHER] } },
    },
    'invalid_value',
    'tool_choice.allowed_tools.mode',
  ],
  [
    { tools: TOOLS, tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [] } } },
    'invalid_value',
    'tool_choice.allowed_tools.tools',
  ],
  [
    {
      tools: TOOLS,
      tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [named('x')] } },
    },
    'invalid_value',
    'tool_choice.allowed_tools.tools[0]',
  ],
  [{ functions: [{ name: 'f' }], tools: TOOLS }, 'invalid_value', 'functions'],
  [{ functions: [{ name: 'f' }, { name: 'f' }] }, 'invalid_value', 'functions[1].name'],
  [{ functions: [{ name: 'f' }], function_call: 'required' }, 'invalid_value', 'function_call'],
  [{ functions: [{ name: 'f' }], function_call: { name: 'g' } }, 'invalid_value', 'function_call.name'],
  [{ function_call: { name: 'f' } }, 'invalid_value', 'function_call.name'],
];

t.test('what cannot be offered or chosen is refused by its path', async (t) => {
  for (const [members, kind, param] of REFUSED)
    t.match(
      refusalOf(() => read(members)),
      { kind, param },
      JSON.stringify(members),
    );
});
