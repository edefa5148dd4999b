// Decoder of `application/vnd.amazon.eventstream` frames, fed with reads cut anywhere. It checks both
// checksums and believes no length before the first one; what the payloads mean is decided elsewhere.
import { crc32 } from 'node:zlib';

/** Bytes before the headers: total length, header length, checksum of those two. */
const PRELUDE = 12;
const CHECKSUM = 4;
/** The event-stream limits: 16 MiB of payload and 128 KiB of headers. */
const MAX_FRAME = 16 * 1024 * 1024 + 128 * 1024 + PRELUDE + CHECKSUM;

/** Distinct header blocks remembered per response; beyond it they are read each time. */
const MAX_KNOWN_HEADERS = 32;

export interface Frame {
  /** The headers that hold strings, e.g. `:message-type`; others say nothing to us. */
  headers: ReadonlyMap<string, string>;
  payload: Buffer;
}

/** The bytes are not event-stream frames, or ended inside one. */
export class FrameError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FrameError';
  }
}

export interface FrameDecoder {
  /** Calls `onFrame` for each frame completed by `chunk`, in order; throws `FrameError`. */
  push(chunk: Buffer, onFrame: (frame: Frame) => void): void;
  /** Says that no more bytes come; throws `FrameError` if a frame is unfinished. */
  end(): void;
}

/** One decoder per response. It keeps references into the chunks it is given, and never writes to them. */
export function createFrameDecoder(): FrameDecoder {
  let parts: Buffer[] = [];
  let held = 0;
  let needed = PRELUDE;
  // A stream has five or six different header blocks and hundreds of frames: read each block once.
  const knownHeaders = new Map<string, ReadonlyMap<string, string>>();

  function headersOf(bytes: Buffer, start: number, end: number): ReadonlyMap<string, string> {
    const block = bytes.toString('latin1', start, end);
    let headers = knownHeaders.get(block);
    if (headers === undefined) {
      headers = readHeaders(bytes, start, end);
      if (knownHeaders.size < MAX_KNOWN_HEADERS) knownHeaders.set(block, headers);
    }
    return headers;
  }

  return {
    push(chunk, onFrame) {
      let bytes = chunk;
      if (held > 0) {
        parts.push(chunk);
        held += chunk.length;
        // Joined only when a frame can be read, so that one byte at a time does not copy quadratically.
        if (held < needed) return;
        bytes = Buffer.concat(parts, held);
      }
      let offset = 0;
      needed = PRELUDE;
      while (bytes.length - offset >= PRELUDE) {
        const total = frameLength(bytes, offset);
        if (bytes.length - offset < total) {
          needed = total;
          break;
        }
        const end = checkedEnd(bytes, offset, total);
        const headersStart = offset + PRELUDE;
        const headersEnd = headersStart + bytes.readUInt32BE(offset + 4);
        onFrame({
          headers: headersOf(bytes, headersStart, headersEnd),
          payload: bytes.subarray(headersEnd, end),
        });
        offset += total;
      }
      held = bytes.length - offset;
      parts = held > 0 ? [bytes.subarray(offset)] : [];
    },
    end() {
      if (held > 0) throw new FrameError('the event stream ended inside a frame');
    },
  };
}

function frameLength(bytes: Buffer, offset: number): number {
  if (crc32(bytes.subarray(offset, offset + 8)) !== bytes.readUInt32BE(offset + 8)) {
    throw new FrameError('the checksum of a frame prelude is wrong');
  }
  const total = bytes.readUInt32BE(offset);
  const headers = bytes.readUInt32BE(offset + 4);
  if (total > MAX_FRAME || headers > total - PRELUDE - CHECKSUM) {
    throw new FrameError('the lengths in a frame prelude are impossible');
  }
  return total;
}

/** Where the payload ends, once the checksum of the whole frame is right. */
function checkedEnd(bytes: Buffer, offset: number, total: number): number {
  const end = offset + total - CHECKSUM;
  if (crc32(bytes.subarray(offset, end)) !== bytes.readUInt32BE(end)) {
    throw new FrameError('the checksum of a frame is wrong');
  }
  return end;
}

/** Sizes of the header value types 0 to 9; the two with a length of their own are absent. */
const FIXED_SIZES: readonly (number | undefined)[] = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16];
const TYPE_BYTES = 6;
const TYPE_STRING = 7;

function readHeaders(bytes: Buffer, start: number, end: number): Map<string, string> {
  const headers = new Map<string, string>();
  let at = start;
  while (at < end) {
    const nameStart = at + 1;
    const typeAt = nameStart + bytes.readUInt8(at);
    if (typeAt >= end) throw new FrameError('a frame header is cut short');
    const type = bytes.readUInt8(typeAt);
    const sized = type === TYPE_BYTES || type === TYPE_STRING;
    if (sized && typeAt + 3 > end) throw new FrameError('a frame header is cut short');
    const size = sized ? bytes.readUInt16BE(typeAt + 1) : FIXED_SIZES[type];
    if (size === undefined) throw new FrameError('a frame header has an unknown type');
    const valueStart = typeAt + (sized ? 3 : 1);
    at = valueStart + size;
    if (at > end) throw new FrameError('a frame header is cut short');
    if (type === TYPE_STRING) {
      headers.set(bytes.toString('utf8', nameStart, typeAt), bytes.toString('utf8', valueStart, at));
    }
  }
  return headers;
}
