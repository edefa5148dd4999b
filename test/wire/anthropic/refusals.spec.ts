import t from 'tap';
import type { DialectHeaders } from '../../../src/wire/anthropic/decode-request.ts';
import { assistant, read, readCount, refusalOf, user } from './read-body.ts';

type Row = [members: Record<string, unknown>, kind: string, param: string, headers?: DialectHeaders];

const tool = (members: Record<string, unknown>) => ({
  tools: [{ name: 'f', input_schema: {}, ...members }],
});
const source = (members: Record<string, unknown>, type = 'image') => user({ type, source: members });
const result = (content: unknown) => user({ type: 'tool_result', tool_use_id: 'u', content });
const AT = 'messages.0.content.0';
const STRICT = { version: '2026-10-21' };

const ROWS: Row[] = [
  [{ model: undefined }, 'missing_parameter', 'model'],
  [{ max_tokens: undefined }, 'missing_parameter', 'max_tokens'],
  [{ max_tokens: 0 }, 'invalid_value', 'max_tokens'],
  [{ max_tokens: '5' }, 'invalid_type', 'max_tokens'],
  [{ messages: [] }, 'invalid_value', 'messages'],
  [{ messages: [{ role: 'user' }] }, 'missing_parameter', 'messages.0.content'],
  [{ messages: [{ role: 'user', content: 5 }] }, 'invalid_type', 'messages.0.content'],
  [{ messages: [{ role: 'user', content: '' }] }, 'invalid_value', 'messages.0.content'],
  [user(), 'invalid_value', 'messages.0.content'],
  [user('Hi'), 'invalid_type', AT],
  [user({ text: 'Hi' }), 'missing_parameter', `${AT}.type`],
  [user({ type: 'text' }), 'missing_parameter', `${AT}.text`],
  [user({ type: 'text', text: 5 }), 'invalid_type', `${AT}.text`],
  [user({ type: 'nonsense' }), 'invalid_value', `${AT}.type`],
  [user({ type: 'container_upload', file_id: 'f' }), 'unsupported_value', `${AT}.type`],
  [{ messages: [{ role: 'tool', content: 'x' }] }, 'invalid_value', 'messages.0.role'],
  [{ messages: [{ role: 'system', content: 'x' }] }, 'invalid_value', 'messages'],
  [
    { messages: [{ role: 'system', content: [{ type: 'image' }] }] },
    'invalid_value',
    'messages.0.content.0.type',
  ],
  [{ system: [{ type: 'image' }] }, 'invalid_value', 'system.0.type'],
  [{ system: 5 }, 'invalid_type', 'system'],
  [user({ type: 'image' }), 'missing_parameter', `${AT}.source`],
  [source({ type: 'file', file_id: 'f' }), 'unsupported_value', `${AT}.source`],
  [source({ type: 'ftp' }), 'invalid_value', `${AT}.source.type`],
  [
    source({ type: 'base64', media_type: 'image/bmp', data: 'x' }),
    'invalid_value',
    `${AT}.source.media_type`,
  ],
  [source({ type: 'base64', media_type: 'image/png', data: '' }), 'invalid_value', `${AT}.source.data`],
  [source({ type: 'url' }), 'missing_parameter', `${AT}.source.url`],
  [source({ type: 'url', url: 'https://x' }, 'document'), 'unsupported_value', `${AT}.source`],
  [source({ type: 'file', file_id: 'f' }, 'document'), 'unsupported_value', `${AT}.source`],
  [
    source({ type: 'base64', media_type: 'text/html', data: 'x' }, 'document'),
    'invalid_value',
    `${AT}.source.media_type`,
  ],
  [
    source({ type: 'content', content: [{ type: 'image' }] }, 'document'),
    'unsupported_value',
    `${AT}.source.content.0.type`,
  ],
  [source({ type: 'content', content: '' }, 'document'), 'invalid_value', `${AT}.source.content`],
  [user({ type: 'tool_result' }), 'missing_parameter', `${AT}.tool_use_id`],
  [result(5), 'invalid_type', `${AT}.content`],
  [result([{ type: 'audio' }]), 'invalid_value', `${AT}.content.0.type`],
  [result([{ type: 'image', source: { type: 'file' } }]), 'unsupported_value', `${AT}.content.0.source`],
  [user({ type: 'tool_use', id: 'u', name: 'f', input: {} }), 'unsupported_value', `${AT}.type`],
  [
    user({ type: 'text', text: 'x', cache_control: { type: 'x' } }),
    'invalid_value',
    `${AT}.cache_control.type`,
  ],
  [
    user({ type: 'text', text: 'x', cache_control: { type: 'ephemeral', ttl: '2h' } }),
    'invalid_value',
    `${AT}.cache_control.ttl`,
  ],
  [assistant({ type: 'image' }), 'unsupported_value', 'messages.1.content.0.type'],
  [assistant({ type: 'document' }), 'unsupported_value', 'messages.1.content.0.type'],
  [assistant({ type: 'tool_use', id: 'u', name: 'f' }), 'missing_parameter', 'messages.1.content.0.input'],
  [
    assistant({ type: 'tool_use', id: 'u', name: 'f', input: '{}' }),
    'invalid_type',
    'messages.1.content.0.input',
  ],
  [assistant({ type: 'thinking' }), 'missing_parameter', 'messages.1.content.0.thinking'],
  [assistant({ type: 'redacted_thinking' }), 'missing_parameter', 'messages.1.content.0.data'],
  [tool({ name: undefined }), 'missing_parameter', 'tools.0.name'],
  [tool({ input_schema: undefined }), 'missing_parameter', 'tools.0.input_schema'],
  [tool({ input_schema: [] }), 'invalid_type', 'tools.0.input_schema'],
  [tool({ strict: 'yes' }), 'invalid_type', 'tools.0.strict'],
  ...[
    'bash_20250124',
    'text_editor_20250728',
    'computer_toolset_20260801',
    'memory_20250818',
    'web_search_20250305',
    'web_fetch_20250910',
    'code_execution_20250825',
    'tool_search_tool_regex_20251119',
  ].map((type): Row => [tool({ type }), 'unsupported_value', 'tools.0.type']),
  [{ tools: [tool({}).tools[0], tool({}).tools[0]] }, 'invalid_value', 'tools.1.name'],
  [{ tools: ['f'] }, 'invalid_type', 'tools.0'],
  [{ tool_choice: { type: 'any' } }, 'invalid_value', 'tool_choice'],
  [{ ...tool({}), tool_choice: { type: 'tool', name: 'g' } }, 'invalid_value', 'tool_choice.name'],
  [{ ...tool({}), tool_choice: { type: 'tool' } }, 'missing_parameter', 'tool_choice.name'],
  [{ ...tool({}), tool_choice: { type: 'required' } }, 'invalid_value', 'tool_choice.type'],
  [{ tool_choice: 'auto' }, 'invalid_type', 'tool_choice'],
  [{ thinking: { type: 'enabled' } }, 'missing_parameter', 'thinking.budget_tokens'],
  [{ thinking: { type: 'enabled', budget_tokens: 1_023 } }, 'invalid_value', 'thinking.budget_tokens'],
  [{ thinking: { type: 'enabled', budget_tokens: 1.5 } }, 'invalid_type', 'thinking.budget_tokens'],
  [{ thinking: { type: 'enabled', budget_tokens: 1_024 } }, 'invalid_value', 'max_tokens'],
  [{ thinking: { type: 'sometimes' } }, 'invalid_value', 'thinking.type'],
  [{ thinking: { type: 'adaptive', display: 'all' } }, 'invalid_value', 'thinking.display'],
  [{ output_config: { effort: 'minimal' } }, 'invalid_value', 'output_config.effort'],
  [{ output_config: { format: { type: 'json' } } }, 'invalid_value', 'output_config.format.type'],
  [
    { output_config: { format: { type: 'json_schema' } } },
    'missing_parameter',
    'output_config.format.schema',
  ],
  [{ output_format: { type: 'xml' } }, 'invalid_value', 'output_format.type'],
  [{ temperature: 1.1 }, 'invalid_value', 'temperature'],
  [{ top_p: -1 }, 'invalid_value', 'top_p'],
  [{ top_k: 1.5 }, 'invalid_type', 'top_k'],
  [{ stop_sequences: 'x' }, 'invalid_type', 'stop_sequences'],
  [{ metadata: { user_id: 5 } }, 'invalid_type', 'metadata.user_id'],
  [{ stream: 'yes' }, 'invalid_type', 'stream'],
  [{ cache_control: { type: 'forever' } }, 'invalid_value', 'cache_control.type'],
  [{ thread: { type: 'create' } }, 'unsupported_parameter', 'thread'],
  [{ compaction: { type: 'summarize' } }, 'unsupported_parameter', 'compaction'],
  [{}, 'invalid_value', 'anthropic-version', { version: 'latest' }],
  [{ temperature: 1 }, 'unsupported_value', 'temperature', STRICT],
  [{ top_p: 1 }, 'unsupported_value', 'top_p', STRICT],
  [{ top_k: 1 }, 'unsupported_value', 'top_k', STRICT],
  [user({ type: 'text', text: 'x', citations: [{}] }), 'unsupported_value', `${AT}.citations`, STRICT],
];

t.test('what cannot be served is an invalid request that names its field', async (t) => {
  for (const [members, kind, param, headers] of ROWS) {
    const told = refusalOf(() => read(members, headers));
    const name = JSON.stringify(members).slice(0, 80);
    t.match(told, { kind, param, status: 400, type: 'invalid_request_error' }, name);
    t.ok(told.message.includes(param), `${told.message} names ${param}`);
  }
});

t.test('what a later version forbids is taken from earlier ones', async (t) => {
  for (const version of [undefined, '2023-06-01', '2026-10-20'])
    t.equal(read({ temperature: 0.5, top_k: 3 }, { version }).request.temperature, 0.5);
  t.doesNotThrow(() => read(user({ type: 'text', text: 'x', citations: [] }), STRICT));
});

t.test('counting refuses what a message would', async (t) => {
  t.match(
    refusalOf(() => readCount({ tools: [{ type: 'bash_20250124', name: 'bash' }] })),
    {
      param: 'tools.0.type',
    },
  );
});
