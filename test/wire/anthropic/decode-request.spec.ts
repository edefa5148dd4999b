import t from 'tap';
import type { ChatRequest } from '../../../src/canonical/request.ts';
import { read, readCount, user } from './read-body.ts';

const TOOL = { name: 'f', input_schema: { type: 'object' } };

t.test('a minimal request says nothing but its model, its turn and its limit', async (t) => {
  const { request, dropped, sessionHint, messages } = read({});
  t.same(request, {
    model: 'm',
    system: [],
    turns: [{ role: 'user', content: [{ kind: 'text', text: 'Hi' }] }],
    tools: [],
    toolChoice: null,
    allowsParallelTools: null,
    responseFormat: null,
    reasoning: null,
    maxOutputTokens: 64,
    temperature: null,
    topP: null,
    topK: null,
    frequencyPenalty: null,
    presencePenalty: null,
    stopSequences: [],
    serviceTier: null,
    guardrail: null,
    latency: null,
    allowsAutomaticCaching: true,
    betas: [],
    stream: false,
  });
  t.same(dropped, []);
  t.equal(sessionHint, null);
  t.same(messages, [{ role: 'user', content: 'Hi' }]);
});

const SCHEMA = { type: 'object', properties: {} };

const MAPPED: [name: string, members: Record<string, unknown>, expected: Partial<ChatRequest>][] = [
  [
    'the window suffix is no part of the name',
    { model: 'claude-sonnet-5-5[1m]' },
    { model: 'claude-sonnet-5-5' },
  ],
  ['system as text', { system: 'Be brief' }, { system: [{ kind: 'text', text: 'Be brief' }] }],
  ['an empty system', { system: '' }, { system: [] }],
  [
    'sampling, stops and streaming',
    { temperature: 0, top_p: 0.5, top_k: 7, stop_sequences: ['a', ''], stream: true },
    { temperature: 0, topP: 0.5, topK: 7, stopSequences: ['a'], stream: true },
  ],
  [
    'a budget to think with',
    { max_tokens: 4_000, thinking: { type: 'enabled', budget_tokens: 2_000, display: 'summarized' } },
    { reasoning: { mode: 'budget', budgetTokens: 2_000, display: 'summarized' } },
  ],
  [
    'adaptive thinking with effort',
    { thinking: { type: 'adaptive', display: null }, output_config: { effort: 'xhigh' } },
    { reasoning: { mode: 'adaptive', effort: 'xhigh' } },
  ],
  ['no thinking', { thinking: { type: 'disabled' } }, { reasoning: { mode: 'off' } }],
  [
    'thinking between tools',
    { thinking: { type: 'between_tools' } },
    { reasoning: { mode: 'between_tools' } },
  ],
  ['effort alone', { output_config: { effort: 'max' } }, { reasoning: { mode: 'unsaid', effort: 'max' } }],
  [
    'a form for the answer',
    { output_config: { format: { type: 'json_schema', schema: SCHEMA } } },
    { responseFormat: { kind: 'schema', name: 'answer', description: null, schema: SCHEMA, isStrict: true } },
  ],
  [
    'the form in its older place',
    { output_format: { type: 'json_schema', schema: SCHEMA } },
    { responseFormat: { kind: 'schema', name: 'answer', description: null, schema: SCHEMA, isStrict: true } },
  ],
  [
    'a choice of tools, one at a time',
    { tools: [TOOL], tool_choice: { type: 'any', disable_parallel_tool_use: true } },
    { toolChoice: { kind: 'required' }, allowsParallelTools: false },
  ],
  [
    'one tool by name',
    { tools: [TOOL], tool_choice: { type: 'tool', name: 'f', disable_parallel_tool_use: false } },
    { toolChoice: { kind: 'tool', name: 'f' }, allowsParallelTools: true },
  ],
  ['no tool', { tools: [TOOL], tool_choice: { type: 'none' } }, { toolChoice: { kind: 'none' } }],
  ['as the model likes', { tool_choice: { type: 'auto' } }, { toolChoice: { kind: 'auto' } }],
  [
    'a cache point behind all of it',
    { cache_control: { type: 'ephemeral', ttl: '1h' } },
    {
      turns: [{ role: 'user', content: [{ kind: 'text', text: 'Hi', cacheAfter: '1h' }] }],
      allowsAutomaticCaching: false,
    },
  ],
];

for (const [name, members, expected] of MAPPED)
  t.test(name, async (t) => {
    const { request, dropped } = read(members);
    for (const [member, value] of Object.entries(expected)) t.same(request[member as 'model'], value, member);
    t.same(dropped, []);
  });

t.test('instructions keep their order and their cache points', async (t) => {
  const { request } = read({
    system: [
      { type: 'text', text: 'one' },
      { type: 'text', text: 'two', cache_control: { type: 'ephemeral' } },
    ],
    messages: [
      { role: 'system', content: 'three' },
      { role: 'user', content: 'Hi' },
      { role: 'system', content: [{ type: 'text', text: 'four' }] },
      { role: 'user', content: 'Go on' },
    ],
  });
  t.same(request.system, [
    { kind: 'text', text: 'one' },
    { kind: 'text', text: 'two', cacheAfter: '5m' },
    { kind: 'text', text: 'three' },
  ]);
  t.same(
    request.turns.map(({ role }) => role),
    ['user', 'system', 'user'],
  );
  t.equal(request.allowsAutomaticCaching, false, 'the client places its own');
});

t.test('tools keep what a model takes, and the rest is reported once', async (t) => {
  const { request, dropped } = read({
    tools: [
      {
        type: 'custom',
        name: 'f',
        description: 'does it',
        input_schema: { type: 'object', properties: { a: { type: 'string' } } },
        strict: true,
        cache_control: { type: 'ephemeral' },
        eager_input_streaming: true,
        input_examples: [{ a: 'x' }],
      },
      { name: 'g', input_schema: {}, description: '', defer_loading: false, allowed_callers: ['direct'] },
    ],
  });
  t.same(request.tools, [
    {
      name: 'f',
      description: 'does it',
      inputSchema: { type: 'object', properties: { a: { type: 'string' } } },
      isStrict: true,
      cacheAfter: '5m',
    },
    { name: 'g', description: null, inputSchema: {}, isStrict: false },
  ]);
  t.same(dropped, ['tools.eager_input_streaming', 'tools.input_examples', 'tools.allowed_callers']);
});

t.test('what has no effect is reported, and what asks for nothing is not', async (t) => {
  const { dropped } = read({
    service_tier: 'auto',
    speed: 'standard',
    mcp_servers: [],
    container: null,
    inference_geo: 'us',
    context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] },
    fallbacks: [{ model: 'x' }],
    output_config: { effort: 'low', task_budget: { type: 'tokens', total: 5 } },
    'not a header\n': 1,
  });
  t.same(dropped, [
    'inference_geo',
    'context_management',
    'fallbacks',
    'others',
    'output_config.task_budget',
  ]);
  t.same(read({ speed: 'fast', service_tier: 'priority' }).dropped, ['speed', 'service_tier']);
});

t.test('flags are passed, taken as served, or dropped and reported; never refused', async (t) => {
  const beta =
    'claude-code-20250219, context-1m-2025-08-07,interleaved-thinking-2025-05-14,advisor-tool-2026-03-01,,context-1m-2025-08-07';
  const { request, dropped } = read({}, { beta });
  t.same(request.betas, ['context-1m-2025-08-07']);
  t.same(dropped, ['anthropic-beta.advisor-tool-2026-03-01']);
});

t.test('a budget beyond the limit is for thinking between tools only', async (t) => {
  const members = { max_tokens: 1_024, thinking: { type: 'enabled', budget_tokens: 2_048 } };
  const { request } = read(members, { beta: 'interleaved-thinking-2025-05-14' });
  t.equal(request.reasoning?.budgetTokens, 2_048);
});

t.test('the record has the instructions first, and the hint is the client’s own word', async (t) => {
  const system = [{ type: 'text', text: 'S' }];
  const hint = 'user_ab_account_cd_session_7f2d1f0e-6f2c-4e0b-9d3c-0a1b2c3d4e5f';
  const { messages, sessionHint } = read({ system, metadata: { user_id: hint } });
  t.same(messages, [
    { role: 'system', content: system },
    { role: 'user', content: 'Hi' },
  ]);
  t.equal(sessionHint, hint);
});

t.test('counting needs no limit, and takes one', async (t) => {
  t.equal(readCount({}).request.maxOutputTokens, null);
  t.equal(readCount({ max_tokens: 5 }).request.maxOutputTokens, 5);
  const thinking = { type: 'enabled', budget_tokens: 5_000 };
  t.equal(
    readCount({ thinking, ...user({ type: 'text', text: 'x' }) }).request.reasoning?.budgetTokens,
    5_000,
  );
});
