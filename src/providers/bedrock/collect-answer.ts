// The body of a Converse answer, read whole.
import type { ChatAnswer } from '../../canonical/event.ts';
import { decodeResponse } from '../../wire/bedrock/decode-response.ts';
import type { Reading } from '../../wire/bedrock/reading.ts';
import type { StartCall } from './prepare-call.ts';
import { unreadable } from './transport-errors.ts';

/** Larger bodies than any model's longest answer are refused rather than kept in memory. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** Rejects with an `UpstreamError`, the signal's reason, or a `CutCall` of it. */
export function collectAnswer(start: StartCall, reading?: Reading): Promise<ChatAnswer> {
  return collectJson(start, (body, requestId) => decodeResponse(body, requestId, reading));
}

/** The same for any answer of JSON. */
export function collectJson<T>(
  start: StartCall,
  decode: (body: unknown, requestId: string | undefined) => T,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    let requestId: string | undefined;
    start({
      start(id) {
        requestId = id;
      },
      data(chunk) {
        size += chunk.length;
        if (size > MAX_ANSWER_BYTES) throw unreadable(requestId);
        parts.push(chunk);
      },
      end() {
        try {
          const body: unknown = JSON.parse(Buffer.concat(parts, size).toString());
          resolve(decode(body, requestId));
        } catch (error) {
          reject(error instanceof SyntaxError ? unreadable(requestId, error) : error);
        }
      },
      fail: reject,
    });
  });
}
