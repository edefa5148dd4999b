import { EventStreamCodec } from '@smithy/eventstream-codec';
import fc from 'fast-check';
import t from 'tap';
import { createFrameWriter, type FrameWriter } from '../../src/simulator/event-stream.ts';

function written(write: (writer: FrameWriter) => void): Buffer {
  const writer = createFrameWriter();
  write(writer);
  return writer.take().bytes;
}

t.test('frames equal the known answers byte for byte', async (t) => {
  const delta = written((writer) =>
    writer.event('contentBlockDelta', '{"contentBlockIndex":0,"delta":{"text":"Hi"}}'),
  );
  t.equal(
    delta.toString('hex'),
    '0000009400000057b4ab9aee0b3a6576656e742d74797065070011636f6e74656e74426c6f636b44656c74610d3a636f6e74656e742d74797065070010' +
      '6170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b22636f6e74656e74426c6f636b496e646578223a302c' +
      '2264656c7461223a7b2274657874223a224869227d7d1f944657',
  );
  const stop = written((writer) => writer.event('messageStop', '{"stopReason":"end_turn"}'));
  t.equal(
    stop.toString('hex'),
    '0000007a00000051ca2c46650b3a6576656e742d7479706507000b6d65737361676553746f700d3a636f6e74656e742d747970650700106170706c6963' +
      '6174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b2273746f70526561736f6e223a22656e645f7475726e227d5fbf09fc',
  );
  const exception = written((writer) => writer.exception('throttlingException', '{"message":"slow down"}'));
  t.equal(
    exception.toString('hex'),
    '0000008800000061de0175f40f3a657863657074696f6e2d747970650700137468726f74746c696e67457863657074696f6e0d3a636f6e74656e742d74' +
      '7970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d74797065070009657863657074696f6e7b226d657373616765223a2273' +
      '6c6f7720646f776e227d832ee072',
  );
});

t.test("the SDK's own codec reads every frame back as it was written", async () => {
  const codec = new EventStreamCodec(
    (bytes) => Buffer.from(bytes).toString(),
    (text) => Buffer.from(text),
  );
  const payloads = fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(payloads, (texts) => {
      const writer = createFrameWriter();
      for (const text of texts) writer.event('chunk', JSON.stringify(text), text);
      const { bytes, ends } = writer.take();
      return texts.every((text, index) => {
        const frame = codec.decode(bytes.subarray(ends[index - 1] ?? 0, ends[index]));
        const isChunk = frame.headers[':event-type']?.value === 'chunk';
        return isChunk && Buffer.from(frame.body).toString() === JSON.stringify(text);
      });
    }),
    { numRuns: 50 },
  );
});

t.test(
  'a frame larger than the memory of the writer is whole, and the next answer begins empty',
  async (t) => {
    const writer = createFrameWriter();
    writer.event('chunk', JSON.stringify('界'.repeat(30_000)));
    const large = writer.take();
    t.equal(large.bytes.readUInt32BE(0), large.bytes.length);
    t.match(large.bytes.toString(), '界'.repeat(30_000));
    writer.event('chunk', '{}');
    t.equal(writer.take().ends.length, 1);
  },
);
