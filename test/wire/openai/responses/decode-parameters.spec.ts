// What becomes of every parameter: translated, dropped by name, or refused by its path.
import t from 'tap';
import { type ChatRequest, PLAIN_REQUEST } from '../../../../src/canonical/request.ts';
import { read, verdict } from './read-body.ts';

const SAID = [{ role: 'user', content: [{ kind: 'text', text: 'Hi' }] }];

t.test('a request that says nothing is a plain one', async (t) => {
  const { request, dropped, customNames, includesThoughts } = read();
  t.same(request, { ...PLAIN_REQUEST, model: 'm', turns: SAID });
  t.same([dropped, customNames.size, includesThoughts], [[], 0, false]);
});

const TRANSLATED: [object, Partial<ChatRequest>][] = [
  [{ instructions: 'Be brief' }, { system: [{ kind: 'text', text: 'Be brief' }] }],
  [{ max_output_tokens: 9 }, { maxOutputTokens: 9 }],
  [
    { temperature: 0, top_p: 0 },
    { temperature: 0, topP: 0 },
  ],
  [{ stream: true }, { stream: true }],
  [{ stream: true, stream_options: { include_obfuscation: true } }, { stream: true }],
  [{ parallel_tool_calls: false }, { allowsParallelTools: false }],
  [{ text: { format: { type: 'text' }, verbosity: 'low' } }, { responseFormat: null }],
  [{ text: { format: { type: 'json_object' } } }, { responseFormat: { kind: 'json' } }],
  [
    { text: { format: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true } } },
    {
      responseFormat: {
        kind: 'schema',
        name: 'n',
        description: null,
        schema: { type: 'object' },
        isStrict: true,
      },
    },
  ],
  [{ reasoning: { effort: 'high' } }, { reasoning: { mode: 'default', effort: 'high' } }],
  [{ reasoning: { effort: 'none', summary: 'auto' } }, { reasoning: { mode: 'off' } }],
  [
    { reasoning: { effort: 'xhigh', summary: 'auto', context: 'auto' } },
    { reasoning: { mode: 'default', effort: 'xhigh', display: 'summarized' } },
  ],
  [{ reasoning: { generate_summary: 'concise' } }, { reasoning: { mode: 'default', display: 'summarized' } }],
  [{ reasoning: {} }, { reasoning: null }],
  [{ service_tier: 'flex' }, { serviceTier: 'flex' }],
  [{ service_tier: 'auto' }, { serviceTier: null }],
  [{ prompt_cache_options: { mode: 'explicit' } }, { allowsAutomaticCaching: false }],
  [{ prompt_cache_options: { mode: 'implicit' } }, { allowsAutomaticCaching: true }],
];

t.test('what Bedrock has a word for is translated', async (t) => {
  for (const [members, expected] of TRANSLATED) {
    const { request, dropped } = read(members);
    t.match(request, expected, JSON.stringify(members));
    t.same(dropped, []);
  }
});

const HARMLESS: object[] = [
  { store: true },
  { store: false },
  { background: false },
  { previous_response_id: null, conversation: null, prompt: null, moderation: null },
  { metadata: { a: 'b' }, user: 'u', safety_identifier: 's', prompt_cache_key: 'k' },
  { prompt_cache_retention: '24h' },
  { truncation: 'disabled' },
  { top_logprobs: 0 },
  { include: ['web_search_call.action.sources', 'file_search_call.results'] },
];

t.test('what asks for nothing is taken without a word', async (t) => {
  for (const members of HARMLESS) {
    const { request, dropped } = read(members);
    t.same(request, { ...PLAIN_REQUEST, model: 'm', turns: SAID }, JSON.stringify(members));
    t.same(dropped, []);
  }
});

const DROPPED: [object, string[]][] = [
  [{ truncation: 'auto' }, ['truncation']],
  [{ context_management: [{ type: 'compaction' }] }, ['context_management']],
  [{ prompt_cache_options: { ttl: '30m' } }, ['prompt_cache_options']],
  [{ max_tool_calls: 3 }, ['max_tool_calls']],
  [{ service_tier: 'scale' }, ['service_tier']],
  [{ whatever: 1, 'not a header name': 2 }, ['whatever', 'others']],
  [
    { reasoning: { effort: 'low', mode: 'x', context: 'all_turns' } },
    ['reasoning.mode', 'reasoning.context'],
  ],
  [
    {
      input: [
        { role: 'user', content: 'a' },
        { type: 'reasoning', summary: [] },
      ],
    },
    ['input.reasoning'],
  ],
  [{ tools: [{ type: 'function', name: 'f', defer_loading: true }] }, ['tools.defer_loading']],
  [
    {
      tools: [
        { type: 'custom', name: 'f', format: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' } },
      ],
    },
    ['tools.format'],
  ],
];

t.test('what has no effect is named', async (t) => {
  for (const [members, names] of DROPPED) t.same(read(members).dropped, names, JSON.stringify(members));
});

const REFUSED: [object, string][] = [
  [{ model: undefined }, 'missing_parameter model'],
  [{ input: undefined }, 'missing_parameter input'],
  [{ input: [] }, 'invalid_value input'],
  [{ input: 7 }, 'invalid_type input'],
  [{ input: undefined, previous_response_id: 'resp_1' }, 'unsupported_parameter previous_response_id'],
  [{ conversation: 'conv_1' }, 'unsupported_parameter conversation'],
  [{ conversation: { id: 'conv_1' } }, 'unsupported_parameter conversation'],
  [{ background: true }, 'unsupported_parameter background'],
  [{ prompt: { id: 'pmpt_1' } }, 'unsupported_parameter prompt'],
  [{ moderation: { model: 'x' } }, 'unsupported_parameter moderation'],
  [{ top_logprobs: 1 }, 'unsupported_parameter top_logprobs'],
  [{ include: ['message.output_text.logprobs'] }, 'unsupported_value include[0]'],
  [{ include: ['reasoning.encrypted_content', 'x'] }, 'invalid_value include[1]'],
  [{ stream_options: {} }, 'invalid_value stream_options'],
  [{ truncation: 'x' }, 'invalid_value truncation'],
  [{ service_tier: 'x' }, 'invalid_value service_tier'],
  [{ text: { verbosity: 'x' } }, 'invalid_value text.verbosity'],
  [{ text: { format: { type: 'x' } } }, 'invalid_value text.format.type'],
  [{ text: { format: { type: 'json_schema', schema: {} } } }, 'missing_parameter text.format.name'],
  [{ text: { format: { type: 'json_schema', name: 'n' } } }, 'missing_parameter text.format.schema'],
  [{ text: { format: { type: 'json_schema', name: '', schema: {} } } }, 'invalid_value text.format.name'],
  [{ reasoning: { effort: 'x' } }, 'invalid_value reasoning.effort'],
  [{ reasoning: { summary: 'x' } }, 'invalid_value reasoning.summary'],
  [{ reasoning: { context: 'x' } }, 'invalid_value reasoning.context'],
  [{ prompt_cache_options: { mode: 'x' } }, 'invalid_value prompt_cache_options.mode'],
  [{ max_output_tokens: 0 }, 'invalid_value max_output_tokens'],
  [{ temperature: '1' }, 'invalid_type temperature'],
  [{ metadata: { a: 1 } }, 'invalid_type metadata.a'],
];

t.test('what cannot be served is refused by its path', async (t) => {
  for (const [members, expected] of REFUSED) t.equal(verdict(members), expected, JSON.stringify(members));
});

t.test('thoughts are included where the client asks for them', async (t) => {
  t.equal(read({ include: ['reasoning.encrypted_content'] }).includesThoughts, true);
});
