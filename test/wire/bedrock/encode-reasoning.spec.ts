// How each family is told to think, and what that does to the rest of the request.
import t from 'tap';
import type { ContentBlock } from '../../../src/canonical/content.ts';
import type { ChatRequest, Reasoning, Turn } from '../../../src/canonical/request.ts';
import { encodeRequest } from '../../../src/wire/bedrock/encode-request.ts';
import { seedModel } from '../../helpers/seed-capabilities.ts';
import { chat, turn } from './chat-request.ts';

const HAIKU = 'anthropic.claude-haiku-4-5-20251001-v1:0';
const OPUS = 'anthropic.claude-opus-4-8';
const SONNET = 'anthropic.claude-sonnet-5-5';
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
  [OPUS, { mode: 'budget', budgetTokens: 5000 }, { thinking: { type: 'adaptive' } }],
  [OPUS, { mode: 'off', effort: 'max' }, { thinking: { type: 'disabled' } }, 'high'],
  [
    OPUS,
    { mode: 'adaptive', display: 'summarized' },
    { thinking: { type: 'adaptive', display: 'summarized' } },
  ],
  [SONNET, { mode: 'between_tools', effort: 'max' }, { thinking: { type: 'between_tools' } }, 'high'],
  [SONNET, { mode: 'off' }, undefined, undefined, ['reasoning']],
  [FABLE, { mode: 'adaptive', effort: 'xhigh' }, undefined, 'xhigh'],
  [
    'anthropic.claude-opus-4-6-v1',
    { mode: 'default', effort: 'xhigh' },
    { thinking: { type: 'adaptive' } },
    'high',
  ],
  ['openai.gpt-5.6-sol', { mode: 'off' }, { reasoning: { effort: 'none' } }],
  ['openai.gpt-6-sol', { mode: 'off' }, { reasoning: { effort: 'low' } }, undefined, ['reasoning']],
  ['openai.gpt-6-sol', { mode: 'default', effort: 'minimal' }, { reasoning: { effort: 'low' } }],
  ['openai.gpt-oss-120b-1:0', { mode: 'default', effort: 'max' }, { reasoning_effort: 'high' }],
  ['moonshotai.kimi-k3', { mode: 'default', effort: 'medium' }, { reasoning: { effort: 'low' } }],
  [NOVA, { mode: 'adaptive' }, { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'medium' } }],
  ['deepseek.r1-v1:0', { mode: 'default', effort: 'low' }, undefined, undefined, ['reasoning']],
  ['amazon.nova-pro-v1:0', { mode: 'default', effort: 'low' }, undefined, undefined, ['reasoning']],
  ['amazon.nova-pro-v1:0', { mode: 'off' }, undefined],
];

t.test('every family is asked in its own words', async (t) => {
  for (const [baseId, reasoning, fields, effort, dropped = []] of CASES) {
    const encoded = encode(baseId, { reasoning });
    const why = `${baseId} ${JSON.stringify(reasoning)}`;
    t.same(encoded.body.additionalModelRequestFields, fields, why);
    t.equal(encoded.body.outputConfig?.effort, effort, why);
    t.same(encoded.dropped, dropped, why);
  }
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

t.test('signed and redacted thoughts go back first and unchanged, to Claude alone', async (t) => {
  const unsigned: ContentBlock = { kind: 'reasoning', text: 'lost', signature: null };
  const turns = loop(signed, unsigned, redacted);
  t.same(encode(HAIKU, { turns }).body.messages[1]?.content.slice(0, 3), [
    { reasoningContent: { reasoningText: { text: 'hm', signature: 'c2ln' } } },
    { reasoningContent: { redactedContent: 'AAECAw==' } },
    { text: 'wait' },
  ]);
  t.notMatch(JSON.stringify(encode('openai.gpt-6-sol', { turns }).body), /reasoningContent/);
});

t.test('a tool loop whose thoughts were lost goes on without thinking, and the client is told', async (t) => {
  const reasoning = { mode: 'default' as const, effort: 'high' as const };
  const lost = encode(HAIKU, { turns: loop(), reasoning });
  t.notMatch(JSON.stringify(lost.body), /thinking/);
  t.same(lost.dropped, ['reasoning']);
  t.match(encode(OPUS, { turns: loop(), reasoning }).body.additionalModelRequestFields, {
    thinking: { type: 'disabled' },
  });
  const kept = encode(HAIKU, { turns: loop(signed), reasoning });
  t.same(kept.dropped, []);
  t.match(kept.body.additionalModelRequestFields, {
    thinking: { type: 'enabled' },
    anthropic_beta: ['interleaved-thinking-2025-05-14'],
  });
  const later = [...loop(), turn('assistant', 'noon'), turn('user', 'thanks')];
  t.same(encode(HAIKU, { turns: later, reasoning }).dropped, [], 'a loop that has ended is forgotten');
});

t.test('betas are for Claude alone', async (t) => {
  const betas = ['context-1m-2025-08-07'];
  t.same(encode(OPUS, { betas }).body.additionalModelRequestFields, { anthropic_beta: betas });
  t.same(encode(NOVA, { betas }).dropped, ['betas']);
});
