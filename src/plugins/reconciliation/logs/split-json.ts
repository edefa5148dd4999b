// Cuts a file of JSON into its records, chunk by chunk: one object per line, concatenated objects, an array of objects,
// or what `aws logs filter-log-events` prints (`{"events":[…]}`). Never holds more than one record.

/** The file cannot be what it claims to be; the text is for the operator. */
export class SplitError extends Error {
  override readonly name = 'SplitError';
}

export interface JsonSplitter {
  /** The records that this chunk completes, as text. */
  push(chunk: Buffer): string[];
  /** @throws SplitError if the file stops inside a record or a list */
  end(): void;
}

const [QUOTE, BACKSLASH, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] = Buffer.from('"\\{}[]');
/** What stands in front of the list of CloudWatch's events. */
const EVENTS = /"events"\s*:\s*$/;
/** Bodies beyond 100 KB are not in the log, so a record this long is something else. Bytes. */
const MAX_RECORD_BYTES = 32 * 1024 * 1024;

export function createJsonSplitter(maxRecordBytes: number = MAX_RECORD_BYTES): JsonSplitter {
  let parts: Buffer[] = [];
  let bytes = 0;
  /** Of brackets within a record; 0 outside. */
  let depth = 0;
  /** Of lists, and of the object around CloudWatch's list, that records stand in. */
  let outerDepth = 0;
  let isInString = false;
  let isEscaped = false;

  function keep(piece: Buffer): void {
    bytes += piece.length;
    if (bytes > maxRecordBytes) throw new SplitError(`a record is longer than ${maxRecordBytes} bytes`);
    parts.push(piece);
  }

  function take(): string {
    const text = Buffer.concat(parts).toString('utf8');
    parts = [];
    bytes = 0;
    return text;
  }

  function push(chunk: Buffer): string[] {
    const records: string[] = [];
    let start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (isInString) {
        if (isEscaped) isEscaped = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) isInString = false;
      } else if (byte === QUOTE) {
        // Outside of everything stands no JSON: a line may begin with a time.
        isInString = depth > 0 || outerDepth > 0;
      } else if (byte === OPEN) {
        if (depth === 0) start = at;
        depth += 1;
      } else if (byte === OPEN_LIST) {
        if (depth === 0) outerDepth += 1;
        else if (depth === 1 && isEventList(chunk.subarray(start, at))) {
          take();
          depth = 0;
          outerDepth += 2;
        } else depth += 1;
      } else if (byte === CLOSE || byte === CLOSE_LIST) {
        if (depth === 0) outerDepth = Math.max(0, outerDepth - 1);
        else {
          depth -= 1;
          if (depth > 0) continue;
          keep(chunk.subarray(start, at + 1));
          records.push(take());
        }
      }
    }
    if (depth > 0) keep(chunk.subarray(start));
    return records;
  }

  function isEventList(piece: Buffer): boolean {
    const tail = Buffer.concat([...parts, piece]).subarray(-64);
    return EVENTS.test(tail.toString('utf8'));
  }

  return {
    push,
    end() {
      if (depth > 0 || outerDepth > 0) throw new SplitError('the file ends in the middle of a record');
    },
  };
}
