// Tools, their calls and their results, towards Bedrock.
import t from 'tap';
import type { ModelCapabilities } from '../../../src/canonical/capabilities.ts';
import type { ContentBlock, ToolResultBlock } from '../../../src/canonical/content.ts';
import type { ChatRequest, Tool, Turn } from '../../../src/canonical/request.ts';
import { encodeRequest } from '../../../src/wire/bedrock/encode-request.ts';
import { seedModel } from '../../helpers/seed-capabilities.ts';
import { chat, thrownBy, turn } from './chat-request.ts';

const CLAUDE = 'anthropic.claude-haiku-4-5-20251001-v1:0';
const NOVA = 'amazon.nova-pro-v1:0';
const LLAMA = 'meta.llama3-3-70b-instruct-v1:0';
const PIXTRAL = 'mistral.pixtral-large-2502-v1:0';
const MIXTRAL = 'mistral.mixtral-8x7b-instruct-v0:1';

function encode(changes: Partial<ChatRequest>, baseId = CLAUDE, more: ModelCapabilities = {}) {
  const capabilities = { ...seedModel(baseId).capabilities, ...more };
  return encodeRequest(chat(changes), {
    baseId,
    capabilities,
    maxOutputTokens: 32_000,
    defaultMaxOutputTokens: 8192,
  });
}

const tool = (name: string, changes: Partial<Tool> = {}): Tool => ({
  name,
  description: null,
  inputSchema: {},
  isStrict: false,
  ...changes,
});
const use = (id: string, name = 'clock'): ContentBlock => ({ kind: 'tool-use', id, name, input: {} });
const result = (toolUseId: string, changes: Partial<ToolResultBlock> = {}): ToolResultBlock => ({
  kind: 'tool-result',
  toolUseId,
  content: [{ kind: 'text', text: 'noon' }],
  isError: null,
  path: 'messages[2]',
  ...changes,
});
const called: Turn[] = [
  turn('user', 'time?'),
  { role: 'assistant', content: [use('call_1')] },
  { role: 'user', content: [result('call_1')] },
];
const spec = (name: string) => ({
  toolSpec: { name, inputSchema: { json: { type: 'object', properties: {} } } },
});

t.test('a tool without a schema takes an object, and says nothing it was not given', async (t) => {
  const { body } = encode({ tools: [tool('clock', { description: '' })] });
  t.same(body.toolConfig, { tools: [spec('clock')] });
});

t.test('a schema gets its type, and only Claude keeps $schema', async (t) => {
  const inputSchema = { $schema: 'draft', properties: { a: {} } };
  const json = (baseId: string) => {
    const [first] = encode({ tools: [tool('f', { inputSchema })] }, baseId).body.toolConfig?.tools ?? [];
    return first !== undefined && 'toolSpec' in first ? first.toolSpec.inputSchema.json : undefined;
  };
  t.same(json(CLAUDE), { $schema: 'draft', type: 'object', properties: { a: {} } });
  t.same(json(NOVA), { type: 'object', properties: { a: {} } });
  const either = [tool('f', { inputSchema: { type: 'object', anyOf: [] } })];
  t.match(
    thrownBy(() => encode({ tools: either })),
    {
      kind: 'invalid_value',
      param: 'tools[0].function.parameters',
    },
  );
  t.ok(encode({ tools: either }, NOVA).body.toolConfig);
});

t.test('strict goes where it is taken, and is reported where it is not', async (t) => {
  const tools = [tool('f', { isStrict: true })];
  t.match(JSON.stringify(encode({ tools }).body), /"strict":true/);
  const nova = encode({ tools }, NOVA);
  t.notMatch(JSON.stringify(nova.body), /strict/);
  t.same(nova.dropped, ['strictTools']);
});

t.test('a forced choice is said, or becomes a free one and is reported', async (t) => {
  const tools = [tool('a.b')];
  const forced = encode({ tools, toolChoice: { kind: 'tool', name: 'a.b' } });
  const [alias] = [...forced.reading.toolNames.keys()];
  t.same(forced.body.toolConfig?.toolChoice, { tool: { name: alias } });
  t.same(encode({ tools, toolChoice: { kind: 'required' } }).body.toolConfig?.toolChoice, { any: {} });
  const thinking = {
    tools,
    toolChoice: { kind: 'required' as const },
    reasoning: { mode: 'budget' as const },
  };
  for (const free of [encode(thinking), encode({ tools, toolChoice: { kind: 'required' } }, LLAMA)]) {
    t.same(free.body.toolConfig?.toolChoice, undefined);
    t.same(free.dropped, ['toolChoice']);
  }
  t.match(
    thrownBy(() => encode({ tools, toolChoice: { kind: 'tool', name: 'x' } })),
    { param: 'tool_choice' },
  );
});

t.test('one tool at a time is said in Claude’s own field, and reported elsewhere', async (t) => {
  const wish = { tools: [tool('f')], allowsParallelTools: false, toolChoice: { kind: 'required' as const } };
  const { body, dropped } = encode(wish);
  t.same(body.additionalModelRequestFields, {
    tool_choice: { type: 'any', disable_parallel_tool_use: true },
  });
  t.same(body.toolConfig, { tools: [spec('f')] });
  t.same(dropped, []);
  t.same(encode(wish, NOVA).dropped, ['parallelTools']);
});

t.test('no tools is no toolConfig, unless the conversation has called some', async (t) => {
  const none = { tools: [tool('clock')], toolChoice: { kind: 'none' as const } };
  t.notOk(encode(none).body.toolConfig);
  for (const request of [{ ...none, turns: called }, { turns: called }]) {
    const { body } = encode(request);
    t.same(body.toolConfig, { tools: [spec('clock')] });
    t.match(body.system, [{ text: /^Do not call any tools/ }]);
  }
});

t.test('a model without tools refuses them, and a conversation that has them', async (t) => {
  t.match(
    thrownBy(() => encode({ tools: [tool('f')] }, MIXTRAL)),
    {
      kind: 'unsupported_parameter',
      param: 'tools',
    },
  );
  t.match(
    thrownBy(() => encode({ turns: called }, MIXTRAL)),
    { kind: 'unsupported_value', param: 'messages' },
  );
});

t.test('results stand first in the message after the call, and none is missing or too many', async (t) => {
  const turns: Turn[] = [
    turn('user', 'two'),
    { role: 'assistant', content: [use('a'), { kind: 'text', text: 'wait' }, use('b')] },
    { role: 'user', content: [{ kind: 'text', text: 'here' }, result('b')] },
    { role: 'user', content: [result('a', { content: [] })] },
  ];
  const { body } = encode({ turns });
  t.match(body.messages.slice(1), [
    { content: [{ text: 'wait' }, { toolUse: { toolUseId: 'a' } }, { toolUse: { toolUseId: 'b' } }] },
    {
      role: 'user',
      content: [
        { toolResult: { toolUseId: 'b' } },
        { toolResult: { toolUseId: 'a', content: [{ text: '(no output)' }] } },
        { text: 'here' },
      ],
    },
  ]);
  t.match(
    thrownBy(() => encode({ turns: turns.slice(0, 3) })),
    {
      kind: 'invalid_value',
      param: 'messages',
      message: /tool_call_ids did not have response messages: a/,
    },
  );
  t.match(
    thrownBy(() => encode({ turns: [turn('user', 'x'), { role: 'user', content: [result('z')] }] })),
    {
      kind: 'invalid_value',
      param: 'messages[2]',
    },
  );
});

t.test('ids and names that Bedrock refuses get aliases, the same for call and result', async (t) => {
  const turns: Turn[] = ['id with space', 'id with space', 'y'.repeat(65)].flatMap((id) => [
    turn('user', 'time?'),
    { role: 'assistant' as const, content: [use(id, 'größe.x')] },
    { role: 'user' as const, content: [result(id)] },
  ]);
  const { body, reading } = encode({ turns });
  const text = JSON.stringify(body);
  const ids = [...text.matchAll(/"toolUseId":"([^"]*)"/g)].map(([, id]) => id ?? '');
  t.equal(ids.length, 6);
  t.equal(new Set(ids).size, 3, 'each call has an id of its own');
  t.ok(ids.every((id) => /^[a-zA-Z0-9_.:-]{1,64}$/.test(id)));
  t.same(
    [0, 2, 4].map((index) => ids[index] === ids[index + 1]),
    [true, true, true],
  );
  t.same(
    ids.map((id) => reading.toolIds.get(id)?.slice(0, 2)),
    ['id', 'id', 'id', 'id', 'yy', 'yy'],
  );
  t.same([...reading.toolNames.values()], ['größe.x']);
  t.match([...reading.toolNames.keys()][0], /^gr__e_x_[0-9a-f]{8}$/);
});

t.test('Mistral’s ids are nine letters and digits', async (t) => {
  const { body } = encode({ turns: called }, PIXTRAL);
  t.match(JSON.stringify(body), /"toolUseId":"[a-z0-9]{9}"/);
});

t.test('a failed call says so where the model can hear it', async (t) => {
  const turns = [
    ...called.slice(0, 2),
    { role: 'user' as const, content: [result('call_1', { isError: true })] },
  ];
  t.match(JSON.stringify(encode({ turns }).body), /"status":"error"/);
  const deaf = encode({ turns }, PIXTRAL);
  t.notMatch(JSON.stringify(deaf.body), /status/);
  t.same(deaf.dropped, ['toolResultError']);
});
