import fc from 'fast-check';
import t from 'tap';
import { eventsOf } from '../../../src/canonical/collect.ts';
import type { AnswerBlock } from '../../../src/canonical/content.ts';
import type { ChatEvent } from '../../../src/canonical/event.ts';
import { Refusal } from '../../../src/canonical/refusal.ts';
import { encodeError } from '../../../src/wire/anthropic/encode-error.ts';
import { encodeResponse } from '../../../src/wire/anthropic/encode-response.ts';
import { createStreamEncoder } from '../../../src/wire/anthropic/encode-stream.ts';
import { createSseParser } from '../../../src/wire/sse.ts';

const FACTS = {
  id: 'msg_1',
  model: 'alias',
  inputTokensEstimate: 9,
  includeCost: false,
  encodeError: (error: Parameters<typeof encodeError>[0]) =>
    encodeError(error, { requestId: 'r1', now: new Date(0) }).body,
};
const USAGE = {
  inputTokens: 3,
  outputTokens: 2,
  cacheReadTokens: 1,
  cacheWrite5mTokens: 4,
  cacheWrite1hTokens: 0,
};
const FINISH: ChatEvent = { type: 'finish', reason: 'stop' };
const REPORT: ChatEvent = { type: 'usage', usage: USAGE, latencyMs: 5 };

interface Told {
  type: string;
  [member: string]: unknown;
}

/** The events as a client parses them; every one must carry its name twice. */
function parse(text: string): Told[] {
  return createSseParser()
    .push(Buffer.from(text))
    .map(({ event, data }) => {
      const told: Told = JSON.parse(data);
      if (told.type !== event) throw new Error(`${event} is not ${told.type}`);
      return told;
    });
}

function tell(...groups: ChatEvent[][]): Told[] {
  const encoder = createStreamEncoder(FACTS);
  return parse(groups.map((group) => encoder.encode(group)).join('') + encoder.end());
}

t.test('the sequence of a text is to the letter', async (t) => {
  const told = tell(
    [{ type: 'start' }],
    [{ type: 'text-delta', block: 0, text: 'Hel' }],
    [
      { type: 'text-delta', block: 0, text: '' },
      { type: 'text-delta', block: 0, text: 'lo\n🙂' },
    ],
    [{ type: 'block-end', block: 0 }, FINISH, REPORT],
  );
  t.match(told[0], {
    type: 'message_start',
    message: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'alias',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 9, output_tokens: 0 },
    },
  });
  t.same(told.slice(1, 6), [
    { type: 'ping' },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hel' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'lo\n🙂' } },
    { type: 'content_block_stop', index: 0 },
  ]);
  t.match(told[6], {
    type: 'message_delta',
    delta: { stop_reason: 'end_turn', stop_sequence: null, stop_details: null, container: null },
    usage: {
      input_tokens: 3,
      output_tokens: 2,
      cache_creation_input_tokens: 4,
      cache_read_input_tokens: 1,
    },
  });
  t.same(told.slice(7), [{ type: 'message_stop' }]);
});

t.test('thoughts, hidden thoughts, tools and citations each have their deltas', async (t) => {
  const location = { documentChar: { documentIndex: 0, start: 1, end: 2 } };
  const told = tell([
    { type: 'start' },
    { type: 'reasoning-delta', block: 0, text: 'hm' },
    { type: 'reasoning-signature', block: 0, signature: 'sig' },
    { type: 'block-end', block: 0 },
    { type: 'redacted-reasoning', block: 1, base64: 'AAEC' },
    { type: 'block-end', block: 1 },
    { type: 'citation', block: 2, citation: { location } },
    { type: 'text-delta', block: 2, text: 'x' },
    { type: 'block-end', block: 2 },
    { type: 'tool-start', block: 3, id: 'u1', name: 'f' },
    { type: 'tool-delta', block: 3, json: '' },
    { type: 'tool-delta', block: 3, json: '{"a":' },
    { type: 'tool-delta', block: 3, json: '1}' },
    { type: 'block-end', block: 3 },
    { type: 'tool-start', block: 4, id: 'u2', name: 'g' },
    { type: 'block-end', block: 4 },
    { type: 'finish', reason: 'tool_calls' },
    REPORT,
  ]).slice(2, -2);
  const delta = (index: number, members: object) => ({ type: 'content_block_delta', index, delta: members });
  const start = (index: number, block: object) => ({
    type: 'content_block_start',
    index,
    content_block: block,
  });
  const stop = (index: number) => ({ type: 'content_block_stop', index });
  const tool = (id: string, name: string) => ({
    type: 'tool_use',
    id,
    name,
    input: {},
    caller: { type: 'direct' },
  });
  t.same(told, [
    start(0, { type: 'thinking', thinking: '', signature: '' }),
    delta(0, { type: 'thinking_delta', thinking: 'hm' }),
    delta(0, { type: 'signature_delta', signature: 'sig' }),
    stop(0),
    start(1, { type: 'redacted_thinking', data: 'AAEC' }),
    stop(1),
    start(2, { type: 'text', text: '' }),
    delta(2, {
      type: 'citations_delta',
      citation: {
        type: 'char_location',
        cited_text: '',
        document_index: 0,
        document_title: null,
        file_id: null,
        start_char_index: 1,
        end_char_index: 2,
      },
    }),
    delta(2, { type: 'text_delta', text: 'x' }),
    stop(2),
    start(3, tool('u1', 'f')),
    delta(3, { type: 'input_json_delta', partial_json: '{"a":' }),
    delta(3, { type: 'input_json_delta', partial_json: '1}' }),
    stop(3),
    start(4, tool('u2', 'g')),
    stop(4),
  ]);
});

t.test('blocks that overlap are told one after the other', async (t) => {
  const told = tell([
    { type: 'text-delta', block: 0, text: 'a' },
    { type: 'tool-start', block: 1, id: 'u', name: 'f' },
    { type: 'text-delta', block: 2, text: 'c' },
    { type: 'text-delta', block: 0, text: 'b' },
    { type: 'tool-delta', block: 1, json: '{}' },
    { type: 'block-end', block: 1 },
    { type: 'block-end', block: 0 },
    FINISH,
  ]).slice(2, -2);
  t.same(
    told.map(({ type, index }) => [type, index]),
    [
      ['content_block_start', 0],
      ['content_block_delta', 0],
      ['content_block_delta', 0],
      ['content_block_stop', 0],
      ['content_block_start', 1],
      ['content_block_delta', 1],
      ['content_block_stop', 1],
      ['content_block_start', 2],
      ['content_block_delta', 2],
      ['content_block_stop', 2],
    ],
  );
});

t.test('counts wait for the end, and their absence is zeros', async (t) => {
  const encoder = createStreamEncoder(FACTS);
  const before = parse(encoder.encode([FINISH]));
  t.notOk(before.some(({ type }) => type === 'message_delta'));
  const [delta, stop] = parse(encoder.end());
  t.match(delta, { usage: { input_tokens: 0, output_tokens: 0 } });
  t.equal(stop?.type, 'message_stop');
  t.equal(encoder.end(), '');
  t.equal(encoder.encode([FINISH]), '');
});

t.test('the cost is told where it was asked for', async (t) => {
  const encoder = createStreamEncoder({ ...FACTS, includeCost: true });
  encoder.encode([FINISH, REPORT]);
  t.match(parse(encoder.end(12_500_000n))[0], { usage: { cost: 0.00125 } });
});

t.test('an answer without an end, and a failure, are error events that nothing follows', async (t) => {
  const cut = createStreamEncoder(FACTS);
  cut.encode([{ type: 'text-delta', block: 0, text: 'a' }]);
  t.match(parse(cut.end()), [{ type: 'error', error: { type: 'api_error' }, request_id: 'r1' }]);
  const failed = createStreamEncoder(FACTS);
  const refusal = new Refusal('service_unavailable', 'away');
  t.match(parse(failed.encodeFailure(refusal)), [{ type: 'error', error: { type: 'overloaded_error' } }]);
  t.equal(failed.encodeFailure(refusal) + failed.end() + failed.encode([FINISH]), '');
});

t.test('a ping is an event', async (t) => {
  t.equal(createStreamEncoder(FACTS).ping, 'event: ping\ndata: {"type":"ping"}\n\n');
});

/** A message put together from events, as the SDKs do it. */
function assemble(told: Told[]): unknown[] {
  // biome-ignore lint/suspicious/noExplicitAny: events of every shape
  const content: any[] = [];
  for (const event of told) {
    // biome-ignore lint/suspicious/noExplicitAny: see above
    const { type, index, content_block, delta } = event as any;
    if (type === 'content_block_start') {
      if (index !== content.length) throw new Error('a gap');
      content.push({ ...content_block, json: '' });
    } else if (type === 'content_block_delta') {
      if (index !== content.length - 1) throw new Error('not the open block');
      const block = content[index];
      if (delta.type === 'text_delta') block.text += delta.text;
      else if (delta.type === 'thinking_delta') block.thinking += delta.thinking;
      else if (delta.type === 'signature_delta') block.signature = delta.signature;
      else if (delta.type === 'input_json_delta') block.json += delta.partial_json;
    }
  }
  return content.map(({ json, ...block }) => {
    return block.type === 'tool_use' ? { ...block, input: JSON.parse(json || '{}') } : block;
  });
}

t.test('a stream put together is the whole answer', async (t) => {
  const block = fc.oneof(
    fc.record({ kind: fc.constant('text' as const), text: fc.string() }),
    fc.record({
      kind: fc.constant('reasoning' as const),
      text: fc.string(),
      signature: fc.option(fc.string({ minLength: 1 })),
    }),
    fc.record({ kind: fc.constant('redacted-reasoning' as const), base64: fc.base64String() }),
    fc.record({
      kind: fc.constant('tool-use' as const),
      id: fc.string(),
      name: fc.string(),
      input: fc.dictionary(fc.string(), fc.jsonValue()),
    }),
  );
  fc.assert(
    fc.property(fc.array(block, { maxLength: 5 }), (content: AnswerBlock[]) => {
      const events = content.flatMap((each, index) => eventsOf(each, index));
      const told = assemble(tell([{ type: 'start' }], events, [FINISH, REPORT]));
      const answer = { content, finishReason: 'stop', usage: USAGE, latencyMs: null } as const;
      const whole = encodeResponse(answer, FACTS).content;
      return JSON.stringify(told) === JSON.stringify(whole);
    }),
  );
  t.pass();
});
