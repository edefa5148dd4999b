import t from 'tap';
import type { FinishReason } from '../../../../src/canonical/event.ts';
import { PLAIN_TOOLS } from '../../../../src/wire/openai/chat/decode-tools.ts';
import { encodeResponse } from '../../../../src/wire/openai/chat/encode-response.ts';
import { encodeModel, encodeModelList } from '../../../../src/wire/openai/encode-models.ts';

const FACTS = { id: 'chatcmpl-1', createdAt: 1_790_000_000, model: 'alias', toolStyle: PLAIN_TOOLS };
const USAGE = {
  inputTokens: 10,
  outputTokens: 7,
  cacheReadTokens: 100,
  cacheWrite5mTokens: 15,
  cacheWrite1hTokens: 5,
};

t.test('an answer has exactly the shape of a chat completion', async (t) => {
  const answer = {
    content: [
      { kind: 'text' as const, text: 'Hel' },
      { kind: 'text' as const, text: 'lo\u0000' },
    ],
    finishReason: 'stop' as const,
    usage: USAGE,
    latencyMs: 12,
  };
  t.equal(
    JSON.stringify(encodeResponse({ ...FACTS, answer })),
    '{"id":"chatcmpl-1","object":"chat.completion","created":1790000000,"model":"alias","choices":[{"index":0,' +
      '"message":{"role":"assistant","content":"Hello\\u0000","refusal":null,"annotations":[]},"logprobs":null,' +
      '"finish_reason":"stop"}],"usage":{"prompt_tokens":130,"completion_tokens":7,"total_tokens":137,' +
      '"prompt_tokens_details":{"cached_tokens":100,"cache_write_tokens":20,"audio_tokens":0},' +
      '"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,' +
      '"rejected_prediction_tokens":0}},"service_tier":"default"}',
  );
});

t.test('an empty answer is an empty text, and unreported usage is written as zeros', async (t) => {
  const answer = { content: [], finishReason: 'length' as const, usage: null, latencyMs: null };
  const encoded = encodeResponse({ ...FACTS, answer });
  t.equal(encoded.choices[0].message.content, '');
  t.match(encoded.usage, { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 });
});

const FINISH_REASONS: Record<FinishReason, string> = {
  stop: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  context_window: 'length',
  refusal: 'content_filter',
  guardrail: 'content_filter',
  unknown: 'stop',
};

t.test('every finish reason has a word of OpenAI', async (t) => {
  for (const [finishReason, word] of Object.entries(FINISH_REASONS)) {
    // Object.entries forgets that the keys are the reasons.
    const answer = { content: [], finishReason: finishReason as FinishReason, usage: null, latencyMs: null };
    t.equal(encodeResponse({ ...FACTS, answer }).choices[0].finish_reason, word, finishReason);
  }
});

t.test('models are listed with the two members of the seed', async (t) => {
  const model = { id: 'a', createdAt: 5, ownedBy: 'anthropic', takesImages: true };
  const encoded = { id: 'a', object: 'model', created: 5, owned_by: 'anthropic', multiple: true };
  t.strictSame(encodeModel(model), encoded);
  t.strictSame(encodeModelList([model, { ...model, takesImages: false }]), {
    object: 'list',
    data: [encoded, { ...encoded, multiple: false }],
  });
  t.strictSame(encodeModelList([]), { object: 'list', data: [] });
});
