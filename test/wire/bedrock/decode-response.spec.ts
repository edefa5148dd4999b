import t from 'tap';
import { UpstreamError } from '../../../src/canonical/upstream-error.ts';
import { decodeResponse } from '../../../src/wire/bedrock/decode-response.ts';
import { mapStopReason } from '../../../src/wire/bedrock/map-stop-reason.ts';
import { PLAIN_READING } from '../../../src/wire/bedrock/reading.ts';
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

t.test('every kind of block is read, and those without a word here are skipped', async (t) => {
  const citations = [{ title: 'Report', location: { documentPage: { documentIndex: 0, start: 1, end: 2 } } }];
  const blocks = [
    { reasoningContent: { reasoningText: { text: 'hm', signature: 's' } } },
    { reasoningContent: { reasoningText: { text: 'unsigned' } } },
    { reasoningContent: { redactedContent: 'AAB=' } },
    { reasoningContent: {} },
    { citationsContent: { content: [{ text: 'a' }, {}, { text: 'b' }], citations: [] } },
    { citationsContent: { content: [{ text: 'c' }], citations } },
    { citationsContent: { content: [] } },
    { toolUse: { toolUseId: 't1', name: 'search', input: { q: 1 } } },
    { toolUse: { toolUseId: 't2', name: 'fetch' } },
    { toolUse: { toolUseId: 't3', name: 'web', input: {}, type: 'server_tool_use' } },
    { toolResult: { toolUseId: 't3', content: [] } },
    { image: { format: 'png' } },
    { somethingNew: 1 },
    { text: '' },
    null,
    'odd',
  ];
  t.same(decodeResponse(answer(blocks)).content, [
    { kind: 'reasoning', text: 'hm', signature: 's' },
    { kind: 'reasoning', text: 'unsigned', signature: null },
    { kind: 'redacted-reasoning', base64: 'AAB=' },
    { kind: 'text', text: 'ab' },
    { kind: 'text', text: 'c', citations },
    { kind: 'tool-use', id: 't1', name: 'search', input: { q: 1 } },
    { kind: 'tool-use', id: 't2', name: 'fetch', input: {} },
  ]);
});

t.test(
  'an answer that calls a tool has stopped for it, and tools are called as the client knows them',
  async (t) => {
    const reading = {
      ...PLAIN_READING,
      toolNames: new Map([['mcp_read', 'mcp.read']]),
      toolIds: new Map([['abc', 'call_7']]),
    };
    const call = { toolUse: { toolUseId: 'abc', name: 'mcp_read<|channel|>json', input: {} } };
    const decoded = decodeResponse(answer([call]), undefined, reading);
    t.same(decoded.content, [{ kind: 'tool-use', id: 'call_7', name: 'mcp.read', input: {} }]);
    t.equal(decoded.finishReason, 'tool_calls');
    t.equal(decodeResponse(answer([{ text: 'x' }], { stopReason: 'tool_use' })).finishReason, 'stop');
  },
);

t.test('the input of the form is the answer, and bare JSON loses its fence', async (t) => {
  const form = { toolUse: { toolUseId: 't', name: 'form', input: { a: [1, '\u2028'] } } };
  const reading = { ...PLAIN_READING, answerTool: 'form' };
  const filled = decodeResponse(
    answer([{ text: 'Sure!' }, form, structuredClone(form)], { stopReason: 'tool_use' }),
    'r',
    reading,
  );
  t.same(filled.content, [{ kind: 'text', text: JSON.stringify({ a: [1, '\u2028'] }) }]);
  t.equal(filled.finishReason, 'stop');
  const spoken = decodeResponse(answer([{ text: 'I cannot' }]), 'r', reading);
  t.same(spoken.content, [{ kind: 'text', text: 'I cannot' }]);
  const fenced = answer([{ text: 'Here:\n```json\n{"a":1}\n```\nBye' }]);
  const bare = decodeResponse(fenced, 'r', { ...PLAIN_READING, extractsJson: true });
  t.same(bare.content, [{ kind: 'text', text: '{"a":1}' }]);
});

t.test('the stop sequence that was met and the tier that served are named', async (t) => {
  const changes = {
    stopReason: 'stop_sequence',
    additionalModelResponseFields: { stop_sequence: 'END' },
    serviceTier: { type: 'priority' },
  };
  const { finishReason, stopSequence, serviceTier } = decodeResponse(answer([], changes));
  t.same([finishReason, stopSequence, serviceTier], ['stop_sequence', 'END', 'priority']);
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
      { kind: 'model_error', served: { usage: { inputTokens: 3, outputTokens: 1 }, isEstimated: false } },
    );
    t.equal(decodeResponse(answer([{ text: 'part' }], { stopReason })).finishReason, 'stop');
    const call = { toolUse: { toolUseId: 't', name: 'f', input: {} } };
    t.equal(decodeResponse(answer([call], { stopReason })).finishReason, 'tool_calls');
  }
});

t.test('every stop reason has its word, and an unknown one is unknown', async (t) => {
  const table = {
    end_turn: 'stop',
    stop_sequence: 'stop_sequence',
    max_tokens: 'length',
    model_context_window_exceeded: 'context_window',
    tool_use: 'tool_calls',
    content_filtered: 'refusal',
    guardrail_intervened: 'guardrail',
    refusal: 'refusal',
    malformed_model_output: 'stop',
    malformed_tool_use: 'stop',
    something_new: 'unknown',
    toString: 'unknown',
  };
  for (const [word, reason] of Object.entries(table)) t.equal(mapStopReason(word), reason, word);
  for (const word of [undefined, null, 3, {}]) t.equal(mapStopReason(word), 'unknown');
});
