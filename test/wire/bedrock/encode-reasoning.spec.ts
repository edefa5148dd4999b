// How each family is told to think, and what that does to the rest of the request.
import t, { type Test } from 'tap';
import type { ContentBlock } from '../../../src/canonical/content.ts';
import type { ChatRequest, Reasoning, Turn } from '../../../src/canonical/request.ts';
import { encodeRequest } from '../../../src/wire/bedrock/encode-request.ts';
import { seedModel } from '../../helpers/seed-capabilities.ts';
import { chat, turn } from './chat-request.ts';

const HAIKU = 'anthropic.claude-haiku-4-5-20251001-v1:0';
const OPUS = 'anthropic.claude-opus-4-8';
const SONNET = 'anthropic.claude-sonnet-5-5';
const OPUS_4_6 = 'anthropic.claude-opus-4-6-v1';
const FABLE = 'anthropic.claude-fable-5-1';
const NOVA = 'amazon.nova-2-lite-v1:0';

function encode(baseId: string, changes: Partial<ChatRequest>) {
  return encodeRequest(chat(changes), {
    ...seedModel(baseId),
    maxOutputTokens: 32_000,
    defaultMaxOutputTokens: 8192,
  });
}

const CASES: [
  baseId: string,
  asked: Reasoning,
  fields: object | undefined,
  effort?: string,
  dropped?: string[],
][] = [
  [HAIKU, { mode: 'default', effort: 'low' }, { thinking: { type: 'enabled', budget_tokens: 2048 } }],
  [HAIKU, { mode: 'default', effort: 'max' }, { thinking: { type: 'enabled', budget_tokens: 27_904 } }],
  [
    HAIKU,
    { mode: 'default', effort: 'low', display: 'summarized' },
    { thinking: { type: 'enabled', budget_tokens: 2048 } },
  ],
  [
    OPUS,
    { mode: 'default', effort: 'high', display: 'summarized' },
    { thinking: { type: 'adaptive', display: 'summarized' } },
    'high',
  ],
  [HAIKU, { mode: 'adaptive' }, { thinking: { type: 'enabled', budget_tokens: 8192 } }],
  [HAIKU, { mode: 'budget', budgetTokens: 5000 }, { thinking: { type: 'enabled', budget_tokens: 5000 } }],
  [HAIKU, { mode: 'off' }, undefined],
  [HAIKU, { mode: 'default' }, undefined],
  [OPUS, { mode: 'default', effort: 'minimal' }, { thinking: { type: 'adaptive' } }, 'low'],
  [
    OPUS,
    { mode: 'budget', budgetTokens: 5000 },
    { thinking: { type: 'adaptive' } },
    undefined,
    ['reasoning'],
  ],
  [OPUS, { mode: 'between_tools' }, { thinking: { type: 'adaptive' } }, undefined, ['reasoning']],
  [OPUS, { mode: 'off', effort: 'max' }, { thinking: { type: 'disabled' } }, 'high', ['reasoning']],
  [OPUS, { mode: 'off', effort: 'high' }, { thinking: { type: 'disabled' } }, 'high'],
  [
    OPUS,
    { mode: 'adaptive', display: 'summarized' },
    { thinking: { type: 'adaptive', display: 'summarized' } },
  ],
  [
    SONNET,
    { mode: 'between_tools', effort: 'max' },
    { thinking: { type: 'between_tools' } },
    'high',
    ['reasoning'],
  ],
  [SONNET, { mode: 'off' }, undefined, undefined, ['reasoning']],
  [FABLE, { mode: 'adaptive', effort: 'xhigh' }, undefined, 'xhigh'],
  [OPUS_4_6, { mode: 'default', effort: 'xhigh' }, { thinking: { type: 'adaptive' } }, 'high', ['reasoning']],
  ['openai.gpt-5.6-sol', { mode: 'off' }, { reasoning: { effort: 'none' } }],
  ['openai.gpt-6-sol', { mode: 'off' }, { reasoning: { effort: 'low' } }, undefined, ['reasoning']],
  ['openai.gpt-6-sol', { mode: 'default', effort: 'minimal' }, { reasoning: { effort: 'low' } }],
  [
    'openai.gpt-oss-120b-1:0',
    { mode: 'default', effort: 'max' },
    { reasoning_effort: 'high' },
    undefined,
    ['reasoning'],
  ],
  [
    'moonshotai.kimi-k3',
    { mode: 'default', effort: 'medium' },
    { reasoning: { effort: 'low' } },
    undefined,
    ['reasoning'],
  ],
  [NOVA, { mode: 'adaptive' }, { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'medium' } }],
  ['deepseek.r1-v1:0', { mode: 'default', effort: 'low' }, undefined, undefined, ['reasoning']],
  ['amazon.nova-pro-v1:0', { mode: 'default', effort: 'low' }, undefined, undefined, ['reasoning']],
  ['amazon.nova-pro-v1:0', { mode: 'off' }, undefined],
];

function sameEncoded(t: Test, cases: typeof CASES): void {
  for (const [baseId, reasoning, fields, effort, dropped = []] of cases) {
    const encoded = encode(baseId, { reasoning });
    const why = `${baseId} ${JSON.stringify(reasoning)}`;
    t.same(encoded.body.additionalModelRequestFields, fields, why);
    t.equal(encoded.body.outputConfig?.effort, effort, why);
    t.same(encoded.dropped, dropped, why);
  }
}

t.test('every family is asked in its own words', async (t) => {
  sameEncoded(t, CASES);
});

const LOST = ['reasoning'];
const ALONE: typeof CASES = [
  [OPUS, { mode: 'unsaid', effort: 'max' }, undefined, 'max'],
  [SONNET, { mode: 'unsaid', effort: 'low' }, undefined, 'low'],
  [FABLE, { mode: 'unsaid', effort: 'max' }, undefined, 'max'],
  [OPUS_4_6, { mode: 'unsaid', effort: 'medium' }, undefined, 'medium'],
  [HAIKU, { mode: 'unsaid', effort: 'low' }, undefined, undefined, LOST],
  [NOVA, { mode: 'unsaid', effort: 'low' }, undefined, undefined, LOST],
  ['openai.gpt-6-sol', { mode: 'unsaid', effort: 'low' }, { reasoning: { effort: 'low' } }],
];

t.test('an effort without a word about thinking switches none on, and nothing off', async (t) => {
  sameEncoded(t, ALONE);
  const tools = [{ name: 'clock', description: null, inputSchema: {}, isStrict: false }];
  const forced = encode(OPUS_4_6, {
    reasoning: { mode: 'unsaid', effort: 'low' },
    tools,
    toolChoice: { kind: 'required' },
    temperature: 0.5,
  });
  t.same(forced.body.toolConfig?.toolChoice, { any: {} });
  t.equal(forced.body.inferenceConfig.temperature, 0.5);
  t.same(forced.dropped, []);
});

t.test(
  'while Claude does not think, the strongest efforts are bounded, and the client is told',
  async (t) => {
    for (const mode of ['off', 'unsaid'] as const)
      for (const effort of ['xhigh', 'max'] as const) {
        const encoded = encode(OPUS_4_6, { reasoning: { mode, effort } });
        t.equal(encoded.body.additionalModelRequestFields, undefined);
        t.equal(encoded.body.outputConfig?.effort, 'high', `${mode} ${effort}`);
        t.same(encoded.dropped, LOST);
      }
    const thinking = encode(OPUS_4_6, { reasoning: { mode: 'adaptive', effort: 'max' } });
    t.equal(thinking.body.outputConfig?.effort, 'max');
  },
);

const ALWAYS_ON: typeof CASES = [
  [FABLE, { mode: 'budget', budgetTokens: 5000 }, undefined, undefined, LOST],
  [FABLE, { mode: 'between_tools' }, undefined, undefined, LOST],
  [FABLE, { mode: 'adaptive', display: 'omitted' }, undefined, undefined, LOST],
  [FABLE, { mode: 'default', display: 'summarized' }, undefined, undefined, LOST],
  [FABLE, { mode: 'adaptive' }, undefined],
  ['anthropic.claude-opus-5-5', { mode: 'adaptive', display: 'summarized' }, undefined, undefined, LOST],
  [
    SONNET,
    { mode: 'budget', budgetTokens: 5000, display: 'omitted' },
    { thinking: { type: 'adaptive', display: 'omitted' } },
    undefined,
    LOST,
  ],
  [
    SONNET,
    { mode: 'default', display: 'summarized' },
    { thinking: { type: 'adaptive', display: 'summarized' } },
  ],
];

t.test('what a model that always thinks cannot be told is reported', async (t) => {
  sameEncoded(t, ALWAYS_ON);
});

t.test('a budget that does not fit into the limit is made to, and the client is told', async (t) => {
  const encodeBudget = (budgetTokens: number) =>
    encode(HAIKU, { maxOutputTokens: 6000, reasoning: { mode: 'budget', budgetTokens } });
  t.match(encodeBudget(9000).body.additionalModelRequestFields, { thinking: { budget_tokens: 5999 } });
  t.same(encodeBudget(9000).dropped, LOST);
  t.same(encodeBudget(5999).dropped, []);
});

t.test('a budget is within the limit, which leaves room for the answer', async (t) => {
  const sized = (maxOutputTokens: number | null, reasoning: Reasoning) => {
    const { body, maxOutputTokens: limit } = encode(HAIKU, { maxOutputTokens, reasoning });
    const { thinking } = body.additionalModelRequestFields ?? {};
    return [limit, thinking === undefined ? null : (thinking as { budget_tokens: number }).budget_tokens];
  };
  t.same(sized(null, { mode: 'default', effort: 'high' }), [20_480, 16_384]);
  t.same(sized(6000, { mode: 'default', effort: 'high' }), [6000, 1904]);
  t.same(sized(6000, { mode: 'budget', budgetTokens: 5999 }), [6000, 5999]);
  t.same(sized(6000, { mode: 'budget', budgetTokens: 9000 }), [6000, 5999]);
  t.same(sized(1024, { mode: 'default', effort: 'low' }), [1024, null]);
});

t.test('thinking takes no sampling; 1 is what it samples with anyway', async (t) => {
  const reasoning = { mode: 'budget' as const, budgetTokens: 2048 };
  const hot = encode(HAIKU, { reasoning, temperature: 0.5, topP: 0.9, topK: 5 });
  t.same(hot.body.inferenceConfig, { maxTokens: 8192 });
  t.same(hot.dropped, ['temperature', 'topP', 'topK']);
  t.same(encode(HAIKU, { reasoning, temperature: 1 }).dropped, []);
});

t.test('Nova at its highest takes no limit; a client that named one keeps it', async (t) => {
  const reasoning = { mode: 'default' as const, effort: 'high' as const };
  const free = encode(NOVA, { reasoning, temperature: 0 });
  t.same(free.body.inferenceConfig, {});
  t.equal(free.maxOutputTokens, 32_000, 'the hold covers all that may come');
  t.same(free.dropped, ['temperature']);
  const bound = encode(NOVA, { reasoning, maxOutputTokens: 100 });
  t.same(bound.body.inferenceConfig, { maxTokens: 100 });
  t.match(bound.body.additionalModelRequestFields, { reasoningConfig: { maxReasoningEffort: 'medium' } });
  t.same(bound.dropped, ['reasoning']);
});

const loop = (...thoughts: ContentBlock[]): Turn[] => [
  turn('user', 'time?'),
  {
    role: 'assistant',
    content: [
      { kind: 'text', text: 'wait' },
      ...thoughts,
      { kind: 'tool-use', id: 'a', name: 'clock', input: {} },
    ],
  },
  {
    role: 'user',
    content: [{ kind: 'tool-result', toolUseId: 'a', content: [], isError: null, path: 'messages[2]' }],
  },
];
const signed: ContentBlock = { kind: 'reasoning', text: 'hm', signature: 'c2ln' };
const redacted: ContentBlock = { kind: 'redacted-reasoning', base64: 'AAECAw==' };

t.test('signed and redacted thoughts go back unchanged and in their place', async (t) => {
  const unsigned: ContentBlock = { kind: 'reasoning', text: 'lost', signature: null };
  const turns = loop(signed, unsigned, redacted);
  t.match(encode(HAIKU, { turns }).body.messages[1]?.content, [
    { text: 'wait' },
    { reasoningContent: { reasoningText: { text: 'hm', signature: 'c2ln' } } },
    { reasoningContent: { redactedContent: 'AAECAw==' } },
    { toolUse: { name: 'clock' } },
  ]);
  const [question, answer, result] = loop();
  if (question === undefined || answer === undefined || result === undefined) return;
  const first = [question, { ...answer, content: [signed, ...answer.content] }, result];
  t.match(encode(HAIKU, { turns: first }).body.messages[1]?.content, [
    { reasoningContent: { reasoningText: { text: 'hm' } } },
    { text: 'wait' },
    { toolUse: { name: 'clock' } },
  ]);
});

t.test('GPT gets its redacted thoughts back, other models none, and the client is told', async (t) => {
  const turns = loop(signed, redacted);
  for (const baseId of ['openai.gpt-6-sol', 'openai.gpt-5.6-sol']) {
    const { body, dropped } = encode(baseId, { turns });
    t.match(body.messages[1]?.content, [
      { text: 'wait' },
      { reasoningContent: { redactedContent: 'AAECAw==' } },
      { toolUse: { name: 'clock' } },
    ]);
    t.notMatch(JSON.stringify(body), /signature/);
    t.same(dropped, []);
  }
  for (const baseId of [NOVA, 'openai.gpt-oss-120b-1:0', 'deepseek.v3.2']) {
    const { body, dropped } = encode(baseId, { turns });
    t.notMatch(JSON.stringify(body), /reasoningContent/);
    t.same(dropped, LOST, baseId);
    t.same(encode(baseId, { turns: loop(signed) }).dropped, [], 'what was shown is not lost to anyone');
  }
});

t.test('a tool loop whose thoughts were lost goes on without a budget, and the client is told', async (t) => {
  const reasoning = { mode: 'default' as const, effort: 'high' as const };
  const lost = encode(HAIKU, { turns: loop(), reasoning });
  t.notMatch(JSON.stringify(lost.body), /thinking/);
  t.same(lost.dropped, ['reasoning']);
  const counted = { mode: 'budget' as const, budgetTokens: 2048 };
  const adaptive = encode(OPUS_4_6, { turns: loop(), reasoning: counted });
  t.same(adaptive.body.additionalModelRequestFields, { thinking: { type: 'adaptive' } });
  t.same(adaptive.dropped, ['reasoning']);
  const kept = encode(HAIKU, { turns: loop(signed), reasoning });
  t.same(kept.dropped, []);
  t.match(kept.body.additionalModelRequestFields, {
    thinking: { type: 'enabled' },
    anthropic_beta: ['interleaved-thinking-2025-05-14'],
  });
  const later = [...loop(), turn('assistant', 'noon'), turn('user', 'thanks')];
  t.same(encode(HAIKU, { turns: later, reasoning }).dropped, [], 'a loop that has ended is forgotten');
});

t.test('a turn without thoughts does not end adaptive thinking', async (t) => {
  for (const baseId of [OPUS, OPUS_4_6, SONNET])
    for (const mode of ['default', 'adaptive'] as const) {
      const encoded = encode(baseId, { turns: loop(), reasoning: { mode, effort: 'high' } });
      t.same(encoded.body.additionalModelRequestFields, { thinking: { type: 'adaptive' } }, baseId);
      t.equal(encoded.body.outputConfig?.effort, 'high');
      t.same(encoded.dropped, []);
    }
});

t.test('betas are for Claude alone', async (t) => {
  const betas = ['context-1m-2025-08-07'];
  t.same(encode(OPUS, { betas }).body.additionalModelRequestFields, { anthropic_beta: betas });
  t.same(encode(NOVA, { betas }).dropped, ['betas']);
});
