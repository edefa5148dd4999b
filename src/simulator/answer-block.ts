// What an answer consists of, cut as a stream brings it.
import { isObject, type JsonObject } from './json.ts';

export type AnswerBlock =
  | { kind: 'text'; deltas: readonly string[] }
  | { kind: 'tool'; toolUseId: string; name: string; fragments: readonly string[] }
  | { kind: 'reasoning'; deltas: readonly string[]; signature: string | null }
  /** Base64. */
  | { kind: 'redacted'; deltas: readonly string[] }
  | { kind: 'cited'; deltas: readonly string[]; citations: readonly JsonObject[] };

/** What a tool was called with: the fragments as JSON, or an empty object when there is no sense in them. */
export function toolInput(fragments: readonly string[]): JsonObject {
  try {
    const input: unknown = JSON.parse(fragments.join(''));
    return isObject(input) ? input : {};
  } catch {
    return {};
  }
}

/** One base64 text of bytes that were cut. */
export function joinBase64(pieces: readonly string[]): string {
  const [only = ''] = pieces;
  if (pieces.length <= 1) return only;
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64'))).toString('base64');
}
