import t from 'tap';
import { read, refusalOf } from './read-body.ts';

const PLAIN = read({}).request;

/** Members, and what the canonical request has in place of the plain one's. */
const MAPPED: [Record<string, unknown>, Partial<typeof PLAIN>][] = [
  [{ model: 'us.meta.llama3-1-8b-instruct-v1:0' }, { model: 'us.meta.llama3-1-8b-instruct-v1:0' }],
  [{ max_tokens: 5 }, { maxOutputTokens: 5 }],
  [{ max_completion_tokens: 7 }, { maxOutputTokens: 7 }],
  [{ max_completion_tokens: 7, max_tokens: 5 }, { maxOutputTokens: 7 }],
  [{ max_completion_tokens: null, max_tokens: 5 }, { maxOutputTokens: 5 }],
  [{ max_tokens: 10_000_000 }, { maxOutputTokens: 10_000_000 }],
  [{ temperature: 0 }, { temperature: 0 }],
  [{ temperature: 2 }, { temperature: 2 }],
  [{ top_p: 0 }, { topP: 0 }],
  [{ top_p: 1 }, { topP: 1 }],
  [{ stop: 'END' }, { stopSequences: ['END'] }],
  [{ stop: ['a', '', 'b'] }, { stopSequences: ['a', 'b'] }],
  [{ stop: '' }, { stopSequences: [] }],
  [{ stop: [] }, { stopSequences: [] }],
  [{ stream: true }, { stream: true }],
  [{ stream: false }, { stream: false }],
];

t.test('parameters with a meaning upstream are translated', async (t) => {
  t.same(PLAIN, {
    model: 'm',
    system: [],
    turns: [{ role: 'user', content: [{ kind: 'text', text: 'Hi' }] }],
    maxOutputTokens: null,
    temperature: null,
    topP: null,
    stopSequences: [],
    stream: false,
  });
  for (const [members, changed] of MAPPED) {
    const decoded = read(members);
    t.strictSame(decoded.request, { ...PLAIN, ...changed }, JSON.stringify(members));
    t.same(decoded.dropped, []);
  }
});

const IGNORED: Record<string, unknown>[] = [
  { n: 1 },
  { tools: [] },
  { functions: [] },
  { tool_choice: 'none' },
  { tool_choice: 'auto' },
  { function_call: 'none' },
  { function_call: 'auto' },
  { parallel_tool_calls: true },
  { response_format: { type: 'text' } },
  { verbosity: 'low' },
  { seed: 42 },
  { logprobs: false },
  { top_logprobs: 0 },
  { logit_bias: {} },
  { frequency_penalty: 0 },
  { presence_penalty: 0 },
  { modalities: ['text'] },
  { prediction: { type: 'content', content: 'x' } },
  { metadata: { team: 'blue' } },
  { store: true },
  { user: 'u1' },
  { safety_identifier: 's1' },
  { prompt_cache_key: 'k' },
  { prompt_cache_retention: '24h' },
  { service_tier: 'auto' },
  { service_tier: 'default' },
];

t.test('parameters without effect by nature are taken in silence', async (t) => {
  for (const members of IGNORED) {
    const decoded = read(members);
    t.strictSame(decoded.request, PLAIN, JSON.stringify(members));
    t.same(decoded.dropped, [], JSON.stringify(members));
  }
});

const DROPPED: [Record<string, unknown>, string[]][] = [
  [{ parallel_tool_calls: false }, ['parallel_tool_calls']],
  [{ reasoning_effort: 'high' }, ['reasoning_effort']],
  [{ frequency_penalty: 0.5 }, ['frequency_penalty']],
  [{ presence_penalty: -2 }, ['presence_penalty']],
  [{ prompt_cache_options: { mode: 'explicit' } }, ['prompt_cache_options']],
  [{ service_tier: 'flex' }, ['service_tier']],
  [{ service_tier: 'priority' }, ['service_tier']],
  [{ service_tier: 'scale' }, ['service_tier']],
  [{ service_tier: 'fast' }, ['service_tier']],
  [{ top_k: 5, 'vendor.flag': {} }, ['top_k', 'vendor.flag']],
  [{ toString: 1, hasOwnProperty: 1 }, ['toString', 'hasOwnProperty']],
  [{ others: 1, 'é\r\nset-cookie: x': 1 }, ['others']],
  [{ 'a b': 1, c: 1, 'd\u0000': 1 }, ['others', 'c']],
  [
    {
      messages: [
        {
          role: 'user',
          content: [{ type: 'text', text: 'Hi', prompt_cache_breakpoint: { mode: 'explicit' } }],
        },
      ],
    },
    ['prompt_cache_breakpoint'],
  ],
  [
    { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi', prompt_cache_breakpoint: null }] }] },
    [],
  ],
];

t.test('parameters that could have had an effect are dropped and told', async (t) => {
  for (const [members, names] of DROPPED) {
    const decoded = read(members);
    t.strictSame(decoded.request, PLAIN, JSON.stringify(members));
    t.same(decoded.dropped, names, JSON.stringify(members));
  }
});

t.test('the names told fit a header, however many there are', async (t) => {
  const members = Object.fromEntries([...Array(1000).keys()].map((index) => [`unknown_${index}`, index]));
  const { dropped } = read(members);
  t.equal(dropped.length, 33);
  t.equal(dropped.at(-1), 'others');
  t.ok(dropped.every((name) => /^[\w.-]{1,64}$/.test(name)));
});

const REFUSED: [Record<string, unknown>, string, string][] = [
  [{ n: 2 }, 'unsupported_value', 'n'],
  [{ tools: [{ type: 'function', function: { name: 'f' } }] }, 'unsupported_parameter', 'tools'],
  [{ tools: [null, 5, 'x', {}] }, 'unsupported_parameter', 'tools'],
  [{ tools: [{ type: 'function' }, { type: 'custom' }] }, 'unsupported_value', 'tools[1].type'],
  [{ tool_choice: 'required' }, 'unsupported_value', 'tool_choice'],
  [{ tool_choice: { type: 'function', function: { name: 'f' } } }, 'unsupported_value', 'tool_choice'],
  [{ functions: [{ name: 'f' }] }, 'unsupported_parameter', 'functions'],
  [{ function_call: { name: 'f' } }, 'unsupported_value', 'function_call'],
  [{ response_format: { type: 'json_object' } }, 'unsupported_value', 'response_format.type'],
  [
    { response_format: { type: 'json_schema', json_schema: {} } },
    'unsupported_value',
    'response_format.type',
  ],
  [{ response_format: { type: 'xml' } }, 'invalid_value', 'response_format.type'],
  [{ logprobs: true }, 'unsupported_parameter', 'logprobs'],
  [{ top_logprobs: 1 }, 'unsupported_parameter', 'top_logprobs'],
  [{ logit_bias: { 50256: -100 } }, 'unsupported_parameter', 'logit_bias'],
  [{ modalities: ['text', 'audio'] }, 'unsupported_value', 'modalities'],
  [{ modalities: ['smell'] }, 'invalid_value', 'modalities'],
  [{ audio: { voice: 'alloy', format: 'mp3' } }, 'unsupported_parameter', 'audio'],
  [{ web_search_options: {} }, 'unsupported_parameter', 'web_search_options'],
  [{ moderation: { model: 'm' } }, 'unsupported_parameter', 'moderation'],
  [{ stream_options: { include_usage: true } }, 'invalid_value', 'stream_options'],
  [{ stream: false, stream_options: {} }, 'invalid_value', 'stream_options'],
];

t.test('parameters that cannot be served are refused by their path', async (t) => {
  for (const [members, kind, param] of REFUSED) {
    const refusal = refusalOf(() => read(members));
    t.match(refusal, { kind, param }, JSON.stringify(members));
    t.match(refusal.message, param, 'the message names the field');
  }
});

t.test('usage is included only when the stream asks for it', async (t) => {
  t.equal(read({ stream: true, stream_options: { include_usage: true } }).includeUsage, true);
  t.equal(read({ stream: true, stream_options: { include_usage: false } }).includeUsage, false);
  t.equal(read({ stream: true, stream_options: { include_obfuscation: true } }).includeUsage, false);
  t.equal(read({ stream: true, stream_options: null }).includeUsage, false);
  t.equal(read({ stream: true }).includeUsage, false);
});
