import fc from 'fast-check';
import t from 'tap';
import { createFrameDecoder, type Frame, FrameError } from '../../../src/providers/bedrock/frame.ts';
import { ANSWER, codec, delta, frame } from './frames.ts';

function decode(...chunks: Uint8Array[]): { headers: Record<string, string>; payload: string }[] {
  const decoder = createFrameDecoder();
  const frames: { headers: Record<string, string>; payload: string }[] = [];
  const keep = ({ headers, payload }: Frame) =>
    frames.push({ headers: Object.fromEntries(headers), payload: payload.toString('latin1') });
  for (const chunk of chunks) decoder.push(Buffer.from(chunk), keep);
  decoder.end();
  return frames;
}

/** What the SDK's codec makes of one frame. */
function reference(bytes: Uint8Array) {
  const { headers, body } = codec.decode(bytes);
  const texts = Object.entries(headers).flatMap(([name, { type, value }]) =>
    type === 'string' ? [[name, value]] : [],
  );
  return { headers: Object.fromEntries(texts), payload: Buffer.from(body).toString('latin1') };
}

t.test('known answers of the encoding are decoded', async (t) => {
  const vectors = [
    [
      '0000009400000057b4ab9aee0b3a6576656e742d74797065070011636f6e74656e74426c6f636b44656c74610d3a636f6e74656e742d7479',
      '70650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b22636f6e74656e74426c6f63',
      '6b496e646578223a302c2264656c7461223a7b2274657874223a224869227d7d1f944657',
    ],
    [
      '0000008800000061de0175f40f3a657863657074696f6e2d747970650700137468726f74746c696e67457863657074696f6e0d3a636f6e74',
      '656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d74797065070009657863657074696f6e7b226d',
      '657373616765223a22736c6f7720646f776e227d832ee072',
    ],
  ].map((parts) => Buffer.from(parts.join(''), 'hex'));
  const json = { ':content-type': 'application/json' };
  t.same(decode(...vectors), [
    {
      headers: { ':event-type': 'contentBlockDelta', ...json, ':message-type': 'event' },
      payload: '{"contentBlockIndex":0,"delta":{"text":"Hi"}}',
    },
    {
      headers: { ':exception-type': 'throttlingException', ...json, ':message-type': 'exception' },
      payload: '{"message":"slow down"}',
    },
  ]);
});

t.test('an answer cut in two at every byte, or into single bytes, is the same answer', async (t) => {
  const bytes = Buffer.concat(ANSWER);
  const whole = decode(bytes);
  t.equal(whole.length, ANSWER.length);
  const expected = JSON.stringify(whole);
  for (let at = 0; at <= bytes.length; at++) {
    const cut = JSON.stringify(decode(bytes.subarray(0, at), bytes.subarray(at)));
    if (cut !== expected) t.fail(`differs when cut at byte ${at}`);
  }
  t.same(decode(...Array.from(bytes, (byte) => Buffer.of(byte))), whole);
});

const name = fc.string({ minLength: 1, maxLength: 20 });
const headerValue = fc.oneof(
  fc.string({ maxLength: 300 }).map((value) => ({ type: 'string' as const, value })),
  fc.boolean().map((value) => ({ type: 'boolean' as const, value })),
  fc.integer({ min: -128, max: 127 }).map((value) => ({ type: 'byte' as const, value })),
  fc.integer({ min: -32768, max: 32767 }).map((value) => ({ type: 'short' as const, value })),
  fc.integer().map((value) => ({ type: 'integer' as const, value })),
  fc.uint8Array({ maxLength: 40 }).map((value) => ({ type: 'binary' as const, value })),
  fc.date({ noInvalidDate: true }).map((value) => ({ type: 'timestamp' as const, value })),
  fc.uuid().map((value) => ({ type: 'uuid' as const, value })),
);
const message = fc.record({
  headers: fc.dictionary(name, headerValue, { maxKeys: 5, noNullPrototype: true }),
  body: fc.uint8Array({ maxLength: 600 }),
});

t.test("frames of any headers and payloads, cut anywhere, are what the SDK's codec says", async (t) => {
  let checked = 0;
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 5 }),
      fc.array(fc.nat(3000), { maxLength: 6 }),
      (messages, cuts) => {
        const frames = messages.map((each) => Buffer.from(codec.encode(each)));
        const bytes = Buffer.concat(frames);
        const places = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const chunks = places.slice(1).map((place, index) => bytes.subarray(places[index], place));
        checked += frames.length;
        return JSON.stringify(decode(...chunks)) === JSON.stringify(frames.map(reference));
      },
    ),
    { numRuns: 300 },
  );
  t.ok(checked > 300, 'enough frames were made');
});

t.test('a flipped bit anywhere is noticed', async (t) => {
  const good = delta('Hi');
  let noticed = 0;
  for (let at = 0; at < good.length; at++) {
    const bad = Buffer.from(good);
    bad.writeUInt8(bad.readUInt8(at) ^ 0x10, at);
    try {
      decode(bad);
    } catch (error) {
      if (error instanceof FrameError) noticed += 1;
    }
  }
  t.equal(noticed, good.length);
});

t.test('an end inside a frame is an error at every byte, an end between frames is none', async (t) => {
  const bytes = Buffer.concat([delta('a'), delta('b')]);
  const ends = new Set([0, delta('a').length, bytes.length]);
  for (let length = 0; length <= bytes.length; length++) {
    const read = () => decode(bytes.subarray(0, length));
    if (ends.has(length)) t.doesNotThrow(read, `after ${length} bytes`);
    else if (isFine(read)) t.fail(`the end after ${length} bytes was not noticed`);
  }
});

function isFine(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}

t.test(
  'a frame that claims to be huge or smaller than itself is refused before it is waited for',
  async (t) => {
    for (const [total, headers] of [
      [0xffffffff, 10],
      [64 * 1024 * 1024, 0],
      [15, 0],
      [16, 1],
      [100, 85],
      [0, 0],
    ] as const) {
      const prelude = Buffer.alloc(12);
      prelude.writeUInt32BE(total, 0);
      prelude.writeUInt32BE(headers, 4);
      prelude.writeUInt32BE(crcOf(prelude.subarray(0, 8)), 8);
      t.throws(() => decode(prelude), { name: 'FrameError', message: /impossible/ }, `${total}, ${headers}`);
    }
  },
);

t.test('random bytes, and frames with broken headers, end in a FrameError and nothing else', async (t) => {
  let refused = 0;
  const survives = (bytes: Uint8Array) => {
    try {
      decode(bytes);
      return true;
    } catch (error) {
      refused += 1;
      return error instanceof FrameError;
    }
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), survives), { numRuns: 2000 });
  const rightSums = fc.uint8Array({ minLength: 1, maxLength: 60 }).map(withHeaderBytes);
  fc.assert(fc.property(rightSums, survives), { numRuns: 2000 });
  t.ok(refused > 2000);
});

/** A frame with right checksums whose header block is these bytes. */
function withHeaderBytes(block: Uint8Array): Buffer {
  const bytes = Buffer.alloc(16 + block.length);
  bytes.writeUInt32BE(bytes.length, 0);
  bytes.writeUInt32BE(block.length, 4);
  bytes.writeUInt32BE(crcOf(bytes.subarray(0, 8)), 8);
  bytes.set(block, 12);
  bytes.writeUInt32BE(crcOf(bytes.subarray(0, -4)), bytes.length - 4);
  return bytes;
}

/** CRC-32 bit by bit, independent of the one under test. */
function crcOf(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

t.test('many different header blocks are all read right', async (t) => {
  const frames = Array.from({ length: 100 }, (_, index) => frame({ ':event-type': `type${index}` }, ''));
  const types = decode(Buffer.concat([...frames, ...frames])).map(({ headers }) => headers[':event-type']);
  const expected = frames.map((_, index) => `type${index}`);
  t.same(types, [...expected, ...expected]);
});
