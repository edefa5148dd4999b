import t from 'tap';
import { UpstreamError } from '../../../src/canonical/upstream-error.ts';
import { decodeResponse } from '../../../src/wire/bedrock/decode-response.ts';
import { mapStopReason } from '../../../src/wire/bedrock/map-stop-reason.ts';
import { thrownBy } from './chat-request.ts';

const USAGE = { inputTokens: 3, outputTokens: 1, totalTokens: 4 };
const answer = (content: unknown, changes: object = {}) => ({
  metrics: { latencyMs: 12 },
  output: { message: { role: 'assistant', content } },
  stopReason: 'end_turn',
  usage: USAGE,
  ...changes,
});

t.test('text, reason, usage and time of a whole answer are read', async (t) => {
  t.same(decodeResponse(answer([{ text: 'hello' }, { text: ' world' }])), {
    content: [
      { kind: 'text', text: 'hello' },
      { kind: 'text', text: ' world' },
    ],
    finishReason: 'stop',
    usage: {
      inputTokens: 3,
      outputTokens: 1,
      cacheReadTokens: 0,
      cacheWrite5mTokens: 0,
      cacheWrite1hTokens: 0,
    },
    latencyMs: 12,
  });
});

t.test('cited text is text; blocks without a word here are skipped', async (t) => {
  const blocks = [
    { reasoningContent: { reasoningText: { text: 'hm', signature: 's' } } },
    { citationsContent: { content: [{ text: 'a' }, {}, { text: 'b' }], citations: [] } },
    { image: { format: 'png' } },
    { somethingNew: 1 },
    null,
    'odd',
  ];
  t.same(decodeResponse(answer(blocks)).content, [
    { kind: 'text', text: 'a' },
    { kind: 'text', text: 'b' },
  ]);
});

t.test('an answer without a message or content says nothing and is no error', async (t) => {
  t.same(decodeResponse(answer([])).content, []);
  t.same(decodeResponse(answer(undefined, { output: {} })).content, []);
  t.same(decodeResponse({ stopReason: 'end_turn' }), {
    content: [],
    finishReason: 'stop',
    usage: null,
    latencyMs: null,
  });
});

t.test('unreported and absurd numbers are null', async (t) => {
  const decoded = decodeResponse(
    answer([{ text: 'x' }], { usage: { inputTokens: -1 }, metrics: { latencyMs: 'x' } }),
  );
  t.equal(decoded.usage, null);
  t.equal(decoded.latencyMs, null);
});

t.test('what is no Converse answer is malformed and keeps the request id', async (t) => {
  for (const body of [null, [], 'hi', 7, {}, { message: 'nothing to see' }, { output: 'text' }]) {
    const error = thrownBy(() => decodeResponse(body, 'req-1'));
    t.ok(error instanceof UpstreamError);
    t.match(error, { kind: 'malformed', upstreamRequestId: 'req-1' });
  }
});

t.test('output the model spoilt is an error unless some of it can be used', async (t) => {
  for (const stopReason of ['malformed_model_output', 'malformed_tool_use']) {
    t.match(
      thrownBy(() => decodeResponse(answer([], { stopReason }))),
      { kind: 'model_error' },
    );
    t.equal(decodeResponse(answer([{ text: 'part' }], { stopReason })).finishReason, 'stop');
  }
});

t.test('every stop reason has its word, and an unknown one is unknown', async (t) => {
  const table = {
    end_turn: 'stop',
    stop_sequence: 'stop_sequence',
    max_tokens: 'length',
    model_context_window_exceeded: 'length',
    tool_use: 'tool_calls',
    content_filtered: 'content_filter',
    guardrail_intervened: 'content_filter',
    refusal: 'content_filter',
    malformed_model_output: 'stop',
    malformed_tool_use: 'stop',
    something_new: 'unknown',
    toString: 'unknown',
  };
  for (const [word, reason] of Object.entries(table)) t.equal(mapStopReason(word), reason, word);
  for (const word of [undefined, null, 3, {}]) t.equal(mapStopReason(word), 'unknown');
});
