// What a model thought as one opaque string, `encrypted_content`: clients keep it beside the reasoning item and send it
// back, so that the thought returns to the model byte for byte without the gateway storing anything. It hides the
// format, not the thought: the text stands in the item's summary as well, and the signature is the model's own.
import type { ReasoningBlock, RedactedReasoningBlock } from '../../../canonical/content.ts';

export type Thought = ReasoningBlock | RedactedReasoningBlock;

/** Another layout gets another number, and strings of the old one are dropped. */
const VERSION = 1;
/** Version, then a checksum of the rest. */
const HEAD_BYTES = 5;

export function sealThought(thought: Thought): string {
  const content =
    thought.kind === 'reasoning' ? { t: thought.text, s: thought.signature } : { r: thought.base64 };
  const body = Buffer.from(JSON.stringify(content));
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt8(VERSION);
  head.writeUInt32BE(checksum(body), 1);
  return Buffer.concat([head, body]).toString('base64url');
}

/** Null: it is not ours, of another version, or damaged. */
export function openThought(sealed: string): Thought | null {
  const bytes = Buffer.from(sealed, 'base64url');
  // Node's decoder skips what is not base64url; such a string was never written here.
  if (bytes.length <= HEAD_BYTES || bytes.toString('base64url') !== sealed) return null;
  const body = bytes.subarray(HEAD_BYTES);
  if (bytes.readUInt8() !== VERSION || bytes.readUInt32BE(1) !== checksum(body)) return null;
  return readThought(body.toString());
}

function readThought(json: string): Thought | null {
  let content: unknown;
  try {
    content = JSON.parse(json);
  } catch {
    return null;
  }
  if (typeof content !== 'object' || content === null) return null;
  if ('r' in content && typeof content.r === 'string')
    return { kind: 'redacted-reasoning', base64: content.r };
  if (!('t' in content) || typeof content.t !== 'string') return null;
  const signature = 's' in content && typeof content.s === 'string' ? content.s : null;
  return { kind: 'reasoning', text: content.t, signature };
}

/** FNV-1a, 32 bits: it finds damage, not forgery, and a forged thought fails at the model's own signature. */
function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
