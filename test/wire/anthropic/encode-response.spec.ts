import t from 'tap';
import type { ChatAnswer, FinishReason } from '../../../src/canonical/event.ts';
import { encodeModelList } from '../../../src/wire/anthropic/encode-models.ts';
import { encodeRateLimits } from '../../../src/wire/anthropic/encode-rate-limits.ts';
import { encodeResponse } from '../../../src/wire/anthropic/encode-response.ts';

const FACTS = { id: 'msg_1', model: 'alias[1m]' };
const ANSWER: ChatAnswer = {
  content: [{ kind: 'text', text: 'Hello' }],
  finishReason: 'stop',
  usage: {
    inputTokens: 10,
    outputTokens: 5,
    cacheReadTokens: 100,
    cacheWrite5mTokens: 20,
    cacheWrite1hTokens: 3,
  },
  latencyMs: 7,
};

t.test('a message has what the SDK’s type has', async (t) => {
  t.same(encodeResponse(ANSWER, FACTS), {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'alias[1m]',
    content: [{ type: 'text', text: 'Hello', citations: null }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    stop_details: null,
    container: null,
    diagnostics: null,
    usage: {
      input_tokens: 10,
      output_tokens: 5,
      cache_creation_input_tokens: 23,
      cache_read_input_tokens: 100,
      cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 3 },
      output_tokens_details: null,
      server_tool_use: null,
      service_tier: 'standard',
      inference_geo: null,
      speed: null,
    },
  });
});

t.test('blocks come in their order, each in its shape', async (t) => {
  const { content } = encodeResponse(
    {
      ...ANSWER,
      content: [
        { kind: 'reasoning', text: 'hm', signature: 'sig' },
        { kind: 'reasoning', text: 'unsigned', signature: null },
        { kind: 'redacted-reasoning', base64: 'AAEC' },
        { kind: 'tool-use', id: 'u1', name: 'f', input: { a: 1 } },
      ],
    },
    FACTS,
  );
  t.same(content, [
    { type: 'thinking', thinking: 'hm', signature: 'sig' },
    { type: 'thinking', thinking: 'unsigned', signature: '' },
    { type: 'redacted_thinking', data: 'AAEC' },
    { type: 'tool_use', id: 'u1', name: 'f', input: { a: 1 }, caller: { type: 'direct' } },
  ]);
});

const CITED = { title: 'T', sourceContent: [{ text: 'a' }, { text: 'b' }] };
const DOCUMENT = { cited_text: 'ab', document_index: 1, document_title: 'T', file_id: null };

t.test('citations say where, in Anthropic’s words; what it has no word for is left out', async (t) => {
  const citations = [
    { ...CITED, location: { documentChar: { documentIndex: 1, start: 2, end: 4 } } },
    { ...CITED, location: { documentPage: { documentIndex: 1, start: 2, end: 4 } } },
    { ...CITED, location: { documentChunk: { documentIndex: 1, start: 2, end: 4 } } },
    { ...CITED, source: 's', location: { searchResultLocation: { searchResultIndex: 1, start: 2, end: 4 } } },
    { ...CITED, location: { web: { url: 'https://x.example' } } },
    { ...CITED },
  ];
  const { content } = encodeResponse({ ...ANSWER, content: [{ kind: 'text', text: 'x', citations }] }, FACTS);
  t.same(content, [
    {
      type: 'text',
      text: 'x',
      citations: [
        { type: 'char_location', ...DOCUMENT, start_char_index: 2, end_char_index: 4 },
        { type: 'page_location', ...DOCUMENT, start_page_number: 2, end_page_number: 4 },
        { type: 'content_block_location', ...DOCUMENT, start_block_index: 2, end_block_index: 4 },
        {
          type: 'search_result_location',
          cited_text: 'ab',
          search_result_index: 1,
          source: 's',
          title: 'T',
          start_block_index: 2,
          end_block_index: 4,
        },
      ],
    },
  ]);
});

const REASONS: Record<FinishReason, string> = {
  stop: 'end_turn',
  stop_sequence: 'stop_sequence',
  length: 'max_tokens',
  context_window: 'model_context_window_exceeded',
  tool_calls: 'tool_use',
  refusal: 'refusal',
  guardrail: 'refusal',
  unknown: 'end_turn',
};

t.test('every reason has a word of the closed list', async (t) => {
  for (const [finishReason, expected] of Object.entries(REASONS))
    t.equal(
      encodeResponse({ ...ANSWER, finishReason: finishReason as FinishReason }, FACTS).stop_reason,
      expected,
    );
});

t.test('the stop sequence, the tier and the cost are told where they are known', async (t) => {
  const answer = {
    ...ANSWER,
    finishReason: 'stop_sequence',
    stopSequence: 'END',
    serviceTier: 'priority',
  } as const;
  const told = encodeResponse(answer, FACTS, 12_500_000n);
  t.equal(told.stop_sequence, 'END');
  t.equal(told.usage.service_tier, 'priority');
  t.equal(told.usage.cost, 0.00125);
  t.notOk('cost' in encodeResponse(ANSWER, FACTS).usage);
});

t.test('usage that nobody reported is zeros', async (t) => {
  const { usage } = encodeResponse({ ...ANSWER, usage: null }, FACTS);
  t.match(usage, { input_tokens: 0, output_tokens: 0, cache_creation_input_tokens: 0 });
});

t.test('limits are headers with moments, rounded up', async (t) => {
  const now = new Date('2026-11-25T10:00:00.200Z');
  const requests = { limit: 10, remaining: 3, resetMs: 1_500 };
  t.same(encodeRateLimits({ requests, tokens: undefined }, now), {
    'anthropic-ratelimit-requests-limit': '10',
    'anthropic-ratelimit-requests-remaining': '3',
    'anthropic-ratelimit-requests-reset': '2026-11-25T10:00:02Z',
  });
  const tokens = { limit: 5, remaining: 0, resetMs: 0 };
  t.match(encodeRateLimits({ requests: undefined, tokens }, new Date('2026-11-25T10:00:00Z')), {
    'anthropic-ratelimit-tokens-reset': '2026-11-25T10:00:00Z',
  });
});

t.test('a list of models names its first and its last', async (t) => {
  const model = { displayName: 'M', createdAt: new Date(0), contextTokens: 200_000, maxOutputTokens: 8_192 };
  const list = encodeModelList([
    { ...model, id: 'a' },
    { ...model, id: 'b' },
  ]);
  t.match(list, { has_more: false, first_id: 'a', last_id: 'b' });
  t.match(list.data[0], {
    type: 'model',
    id: 'a',
    display_name: 'M',
    created_at: '1970-01-01T00:00:00.000Z',
    max_input_tokens: 200_000,
    max_tokens: 8_192,
  });
  t.same(encodeModelList([]), { data: [], has_more: false, first_id: null, last_id: null });
});
