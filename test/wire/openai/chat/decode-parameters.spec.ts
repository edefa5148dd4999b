import t from 'tap';
import { PLAIN_REQUEST } from '../../../../src/canonical/request.ts';
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
  [{ frequency_penalty: 0.5 }, { frequencyPenalty: 0.5 }],
  [{ presence_penalty: -2 }, { presencePenalty: -2 }],
  [{ reasoning_effort: 'none' }, { reasoning: { mode: 'off' } }],
  [
    { reasoning_effort: 'minimal' },
    { reasoning: { mode: 'default', effort: 'minimal', display: 'summarized' } },
  ],
  [{ reasoning_effort: 'xhigh' }, { reasoning: { mode: 'default', effort: 'xhigh', display: 'summarized' } }],
  [{ response_format: { type: 'json_object' } }, { responseFormat: { kind: 'json' } }],
  [
    {
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'a', description: 'b', schema: { type: 'object' }, strict: true },
      },
    },
    {
      responseFormat: {
        kind: 'schema',
        name: 'a',
        description: 'b',
        schema: { type: 'object' },
        isStrict: true,
      },
    },
  ],
  [
    { response_format: { type: 'json_schema', json_schema: { name: 'a' } } },
    { responseFormat: { kind: 'schema', name: 'a', description: null, schema: {}, isStrict: false } },
  ],
  [{ service_tier: 'default' }, { serviceTier: 'default' }],
  [{ service_tier: 'flex' }, { serviceTier: 'flex' }],
  [{ service_tier: 'priority' }, { serviceTier: 'priority' }],
  [{ prompt_cache_options: { mode: 'explicit' } }, { allowsAutomaticCaching: false }],
  [{ prompt_cache_options: { mode: 'implicit', ttl: '30m' } }, { allowsAutomaticCaching: true }],
  [{ tool_choice: 'none' }, { toolChoice: { kind: 'none' } }],
  [
    { bedrock: { guardrailConfig: { guardrailIdentifier: 'g', guardrailVersion: 'DRAFT' } } },
    { guardrail: { id: 'g', version: 'DRAFT' } },
  ],
  [
    {
      bedrock: {
        guardrailConfig: {
          guardrailIdentifier: 'g',
          guardrailVersion: '1',
          trace: 'enabled_full',
          streamProcessingMode: 'async',
        },
        performanceConfig: { latency: 'optimized' },
      },
    },
    {
      guardrail: { id: 'g', version: '1', trace: 'enabled_full', streamMode: 'async' },
      latency: 'optimized',
    },
  ],
  [{ bedrock: {} }, {}],
  [{ stream: true }, { stream: true }],
  [{ stream: false }, { stream: false }],
];

t.test('parameters with a meaning upstream are translated', async (t) => {
  t.strictSame(PLAIN, {
    ...PLAIN_REQUEST,
    model: 'm',
    turns: [{ role: 'user', content: [{ kind: 'text', text: 'Hi' }] }],
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
  { tool_choice: 'auto' },
  { function_call: 'none' },
  { function_call: 'auto' },
  { parallel_tool_calls: true },
  { parallel_tool_calls: false },
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
];

t.test('parameters without effect by nature are taken in silence', async (t) => {
  for (const members of IGNORED) {
    const decoded = read(members);
    t.strictSame(decoded.request, PLAIN, JSON.stringify(members));
    t.same(decoded.dropped, [], JSON.stringify(members));
  }
});

const DROPPED: [Record<string, unknown>, string[]][] = [
  [{ service_tier: 'scale' }, ['service_tier']],
  [{ service_tier: 'fast' }, ['service_tier']],
  [{ top_k: 5, 'vendor.flag': {} }, ['top_k', 'vendor.flag']],
  [{ toString: 1, hasOwnProperty: 1 }, ['toString', 'hasOwnProperty']],
  [{ others: 1, 'é\r\nset-cookie: x': 1 }, ['others']],
  [{ 'a b': 1, c: 1, 'd\u0000': 1 }, ['others', 'c']],
  [
    { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi', prompt_cache_breakpoint: null }] }] },
    [],
  ],
  [
    {
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi', provider: { a: 1 }, other: null }] }],
    },
    ['messages.content.provider'],
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
  [{ response_format: { type: 'json_schema' } }, 'missing_parameter', 'response_format.json_schema'],
  [
    { response_format: { type: 'json_schema', json_schema: {} } },
    'missing_parameter',
    'response_format.json_schema.name',
  ],
  [{ reasoning_effort: 'extreme' }, 'invalid_value', 'reasoning_effort'],
  [{ service_tier: 'turbo' }, 'invalid_value', 'service_tier'],
  [{ prompt_cache_options: { mode: 'sometimes' } }, 'invalid_value', 'prompt_cache_options.mode'],
  [{ prompt_cache_options: { ttl: '7d' } }, 'invalid_value', 'prompt_cache_options.ttl'],
  [
    { bedrock: { additionalModelRequestFields: {} } },
    'unsupported_parameter',
    'bedrock.additionalModelRequestFields',
  ],
  [{ bedrock: 'x' }, 'invalid_type', 'bedrock'],
  [
    { bedrock: { guardrailConfig: { guardrailIdentifier: 'g' } } },
    'missing_parameter',
    'bedrock.guardrailConfig.guardrailVersion',
  ],
  [
    { bedrock: { guardrailConfig: { guardrailIdentifier: 'g', guardrailVersion: '1', mode: 'x' } } },
    'unsupported_parameter',
    'bedrock.guardrailConfig.mode',
  ],
  [
    { bedrock: { guardrailConfig: { guardrailIdentifier: 'g', guardrailVersion: '1', trace: 'all' } } },
    'invalid_value',
    'bedrock.guardrailConfig.trace',
  ],
  [{ bedrock: { performanceConfig: {} } }, 'missing_parameter', 'bedrock.performanceConfig.latency'],
  [
    { bedrock: { performanceConfig: { latency: 'low' } } },
    'invalid_value',
    'bedrock.performanceConfig.latency',
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
