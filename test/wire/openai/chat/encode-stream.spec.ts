import fc from 'fast-check';
import t from 'tap';
import type { ChatEvent } from '../../../../src/canonical/event.ts';
import { Refusal } from '../../../../src/canonical/refusal.ts';
import { UpstreamError } from '../../../../src/canonical/upstream-error.ts';
import { PLAIN_TOOLS } from '../../../../src/wire/openai/chat/decode-tools.ts';
import { createStreamEncoder } from '../../../../src/wire/openai/chat/encode-stream.ts';
import { createSseParser, PING } from '../../../../src/wire/sse.ts';

const USAGE = {
  inputTokens: 3,
  outputTokens: 2,
  cacheReadTokens: 1,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
};
const START: ChatEvent = { type: 'start' };
const STOP: ChatEvent = { type: 'finish', reason: 'stop' };
const REPORT: ChatEvent = { type: 'usage', usage: USAGE, latencyMs: 5 };
const delta = (text: string): ChatEvent => ({ type: 'text-delta', block: 0, text });

const encoder = (includeUsage = false, toolStyle = PLAIN_TOOLS) =>
  createStreamEncoder({
    id: 'chatcmpl-1',
    createdAt: 1_790_000_000,
    model: 'a "b"',
    includeUsage,
    toolStyle,
  });

const HEAD =
  'data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1790000000,"model":"a \\"b\\"","choices":[';
const choice = (delta: string, finish: string) =>
  `{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}`;
const ROLE = choice('{"role":"assistant","content":"","refusal":null}', 'null');
const DONE = 'data: [DONE]\n\n';

t.test('a stream is role, deltas, finish and the end, byte for byte', async (t) => {
  const stream = encoder();
  t.equal(stream.encode([START]), `${HEAD}${ROLE}]}\n\n`);
  t.equal(stream.encode([delta('Hel')]), `${HEAD}${choice('{"content":"Hel"}', 'null')}]}\n\n`);
  t.equal(stream.encode([STOP]), `${HEAD}${choice('{}', '"stop"')}]}\n\n`);
  t.equal(stream.encode([REPORT]), '');
  t.equal(stream.end(), DONE);
});

t.test('with usage asked for, every chunk says null and the last one tells it', async (t) => {
  const stream = encoder(true);
  const written = stream.encode([START, delta('x'), STOP, REPORT]) + stream.end();
  const none = '],"usage":null}\n\n';
  const usage =
    '{"prompt_tokens":4,"completion_tokens":2,"total_tokens":6,"prompt_tokens_details":{"cached_tokens":1,' +
    '"cache_write_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,' +
    '"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}';
  t.equal(
    written,
    `${HEAD}${ROLE}${none}${HEAD}${choice('{"content":"x"}', 'null')}${none}` +
      `${HEAD}${choice('{}', '"stop"')}${none}${HEAD}],"usage":${usage}}\n\n${DONE}`,
  );
});

t.test('usage asked for and not reported is told as zeros', async (t) => {
  const stream = encoder(true);
  stream.encode([START, STOP]);
  t.match(stream.end(), '"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0,');
});

t.test('a group of events is one text, and an empty group is none', async (t) => {
  const groups = [[], [START, delta('a'), delta(''), delta('b')], [STOP, REPORT]];
  const one = encoder();
  const apart = encoder();
  const grouped = groups.map((group) => one.encode(group)).join('') + one.end();
  const single = groups.flat().map((event) => apart.encode([event]));
  t.equal(grouped, single.join('') + apart.end());
  t.equal(single[2], '', 'an empty delta is no chunk');
});

t.test('the role comes first and once, even before a delta that no start announced', async (t) => {
  const written = encoder().encode([delta('a'), START, delta('b')]);
  t.equal(written.indexOf(ROLE), HEAD.length);
  t.equal(written.split('"role"').length, 2);
});

t.test('the finish comes once, with the first reason', async (t) => {
  const stream = encoder();
  const written = stream.encode([START, { type: 'finish', reason: 'length' }, STOP]) + stream.encode([STOP]);
  t.equal(written.split('"finish_reason":"').length, 2);
  t.match(written, '"finish_reason":"length"');
});

t.test('text that would break a line or a client comes out escaped', async (t) => {
  const written = encoder().encode([delta('\u0000\n\r"\\\uD800')]);
  t.match(written, '{"content":"\\u0000\\n\\r\\"\\\\\\ud800"}');
});

t.test('a failure is one error event without an end mark, and nothing after it', async (t) => {
  const stream = encoder(true);
  stream.encode([START, delta('a')]);
  t.equal(
    stream.encodeFailure(new UpstreamError({ kind: 'model_error', message: 'It broke.' })),
    'data: {"error":{"message":"It broke.","type":"server_error","param":null,"code":"upstream_error"}}\n\n',
  );
  t.equal(stream.encode([delta('b'), STOP]), '');
  t.equal(stream.encodeFailure(new Refusal('internal', 'x')), '');
  t.equal(stream.end(), '');
});

t.test('an end without a finish is a failure, never a short success', async (t) => {
  for (const events of [[], [START], [START, delta('a'), REPORT]]) {
    const stream = encoder();
    stream.encode(events);
    const end = stream.end();
    t.match(end, '"code":"upstream_incomplete_stream"');
    t.notMatch(end, 'DONE');
  }
});

t.test('after the end nothing can be written', async (t) => {
  const stream = encoder();
  stream.encode([START, STOP]);
  t.equal(stream.end(), DONE);
  t.equal(stream.end(), '');
  t.equal(stream.encode([delta('late')]), '');
  t.equal(stream.encodeFailure(new Refusal('service_unavailable', 'Going down.')), '');
});

function readDeltas(
  bytes: Uint8Array,
  pieces: readonly number[],
): { text: string; last: string | undefined } {
  const parser = createSseParser();
  const bounds = [0, ...pieces, bytes.length];
  const events = bounds.slice(1).flatMap((end, index) => parser.push(bytes.subarray(bounds[index], end)));
  const chunks = events.slice(0, -1).map(({ data }) => JSON.parse(data));
  const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');
  return { text, last: events.at(-1)?.data };
}

t.test('any texts read back from the bytes, cut at every byte, as they were', async (t) => {
  const texts = fc.array(fc.string({ unit: 'binary', maxLength: 8 }), { maxLength: 4 });
  fc.assert(
    fc.property(texts, fc.boolean(), (deltas, includeUsage) => {
      const stream = encoder(includeUsage);
      const written =
        stream.encode([START]) + PING + stream.encode(deltas.map(delta)) + stream.encode([STOP]);
      const bytes = new TextEncoder().encode(written + stream.end());
      const expected = { text: deltas.join(''), last: '[DONE]' };
      if (!same(readDeltas(bytes, [...bytes.keys()]), expected)) return false;
      // Cut once at each byte: quadratic, so in strides that differ by run.
      const stride = 1 + (bytes.length % 13);
      for (let cut = 0; cut < bytes.length; cut += stride) {
        if (!same(readDeltas(bytes, [cut]), expected)) return false;
      }
      return true;
    }),
    { numRuns: 60 },
  );
  t.pass('no counterexample');
});

function same(
  read: { text: string; last: string | undefined },
  expected: { text: string; last: string },
): boolean {
  return read.text === expected.text && read.last === expected.last;
}
