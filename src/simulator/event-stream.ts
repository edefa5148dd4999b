// Writes the frames of application/vnd.amazon.eventstream. Layout: total length, header length, CRC32 of these
// eight bytes, headers, payload, CRC32 of all before; big endian (AWS "event stream encoding").
import { crc32 } from 'node:zlib';

const PRELUDE_BYTES = 12;
const CRC_BYTES = 4;
const STRING_HEADER = 7;
const FIRST_SCRATCH_BYTES = 16 * 1024;
const REMEMBERED_FRAME_BYTES = 1024;

/** Frames one after the other in one buffer. */
export interface Frames {
  bytes: Buffer;
  /** `ends[i]` is the offset just behind frame `i`. */
  ends: number[];
  /** What frame `i` says: null when it is no delta, '' when the delta carries no visible text. */
  texts: (string | null)[];
}

export interface FrameWriter {
  /** Appends an event frame. `payload` is JSON text without the union wrapper. */
  event(type: string, payload: string, text?: string | null): void;
  /** Appends an exception frame; `type` as on the wire, e.g. `throttlingException`. */
  exception(type: string, payload: string): void;
  /** Appends a frame of message type `error`; it has no payload. */
  error(code: string, message: string): void;
  /** Hands over the frames written since the last call and starts anew. */
  take(): Frames;
}

/** The header bytes of one kind of frame, and the prelude checksums of its short frames by total length. */
interface FrameHead {
  bytes: Buffer;
  preludeCrcs: (number | undefined)[];
}

/** One writer serves many answers, one after the other: it keeps its memory and what is known of frame heads. */
export function createFrameWriter(): FrameWriter {
  const eventHeads = new Map<string, FrameHead>();
  let scratch = Buffer.allocUnsafe(FIRST_SCRATCH_BYTES);
  let length = 0;
  let ends: number[] = [];
  let texts: (string | null)[] = [];

  function append(head: FrameHead, payload: string, text: string | null): void {
    const start = length;
    const { bytes } = head;
    reserve(start + PRELUDE_BYTES + bytes.length + payload.length * 3 + CRC_BYTES);
    const headersEnd = start + PRELUDE_BYTES + bytes.length;
    const payloadEnd = headersEnd + scratch.write(payload, headersEnd);
    const total = payloadEnd + CRC_BYTES - start;
    scratch.writeUInt32BE(total, start);
    scratch.writeUInt32BE(bytes.length, start + 4);
    scratch.writeUInt32BE(preludeCrc(head, start, total), start + 8);
    bytes.copy(scratch, start + PRELUDE_BYTES);
    scratch.writeUInt32BE(crc32(scratch.subarray(start, payloadEnd)), payloadEnd);
    length = payloadEnd + CRC_BYTES;
    ends.push(length);
    texts.push(text);
  }

  function preludeCrc(head: FrameHead, start: number, total: number): number {
    const known = head.preludeCrcs[total];
    if (known !== undefined) return known;
    const crc = crc32(scratch.subarray(start, start + 8));
    if (total < REMEMBERED_FRAME_BYTES) head.preludeCrcs[total] = crc;
    return crc;
  }

  function reserve(bytes: number): void {
    if (bytes <= scratch.length) return;
    const larger = Buffer.allocUnsafe(Math.max(bytes, scratch.length * 2));
    scratch.copy(larger, 0, 0, length);
    scratch = larger;
  }

  function headOfEvent(type: string): FrameHead {
    let head = eventHeads.get(type);
    if (head === undefined) {
      head = headOf('event', type);
      eventHeads.set(type, head);
    }
    return head;
  }

  return {
    event: (type, payload, text = null) => append(headOfEvent(type), payload, text),
    exception: (type, payload) => append(headOf('exception', type), payload, null),
    error: (code, message) =>
      append(
        encodeHead([
          [':error-code', code],
          [':error-message', message],
          [':message-type', 'error'],
        ]),
        '',
        null,
      ),
    take() {
      const frames = { bytes: Buffer.from(scratch.subarray(0, length)), ends, texts };
      length = 0;
      ends = [];
      texts = [];
      return frames;
    },
  };
}

function headOf(kind: 'event' | 'exception', type: string): FrameHead {
  return encodeHead([
    [`:${kind}-type`, type],
    [':content-type', 'application/json'],
    [':message-type', kind],
  ]);
}

function encodeHead(headers: readonly (readonly [name: string, value: string])[]): FrameHead {
  const parts: Buffer[] = [];
  for (const [name, value] of headers) {
    const nameBytes = Buffer.from(name);
    const valueBytes = Buffer.from(value);
    const valueLength = Buffer.alloc(2);
    valueLength.writeUInt16BE(valueBytes.length);
    parts.push(Buffer.of(nameBytes.length), nameBytes, Buffer.of(STRING_HEADER), valueLength, valueBytes);
  }
  return { bytes: Buffer.concat(parts), preludeCrcs: [] };
}
