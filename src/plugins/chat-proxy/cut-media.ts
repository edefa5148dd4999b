// The messages as sent, for the record: pictures, documents and signatures by their kind and size, never their bytes.
// Pure.

/** Shorter ones are kept: they cost nothing, and may be no bytes at all. */
const MAX_KEPT = 512;
const DATA_URL = /^data:([\w.+-]+\/[\w.+-]+)?[^,]*?(;base64)?,/;
/** Members that hold bytes as base64 in one dialect or another; what is said never stands in them. */
const BYTE_MEMBERS: ReadonlySet<string> = new Set([
  ...['data', 'file_data', 'bytes', 'b64_json', 'doc'],
  ...['signature', 'encrypted_content', 'thought_signature'],
]);
const URL_MEMBERS: ReadonlySet<string> = new Set(['url', 'image_url', 'file_url']);

/** JSON. Texts are in it to the letter. */
export function recordMessages(messages: readonly object[]): string {
  return messages.some(mayHoldBytes) ? JSON.stringify(messages, cut) : JSON.stringify(messages);
}

/** Looking at every member costs; most conversations are text. */
function mayHoldBytes(message: object): boolean {
  const content: unknown = 'content' in message ? message.content : undefined;
  if ('type' in message && message.type !== 'message') return true;
  return Array.isArray(content) && content.some((part) => !isText(part));
}

function isText(part: unknown): boolean {
  return typeof part === 'object' && part !== null && 'type' in part && part.type === 'text';
}

function cut(this: unknown, member: string, value: unknown): unknown {
  if (typeof value !== 'string' || value.length <= MAX_KEPT) return value;
  if (BYTE_MEMBERS.has(member) || URL_MEMBERS.has(member)) {
    const [prefix = '', mediaType = '', encoding] = DATA_URL.exec(value.slice(0, 256)) ?? [];
    if (prefix !== '')
      return marker(mediaType, encoding ? base64Bytes(value.length - prefix.length) : value.length);
    if (BYTE_MEMBERS.has(member)) return marker(kindBeside(this), base64Bytes(value.length));
  }
  return value;
}

function marker(kind: string, bytes: number): string {
  return kind === '' ? `[${bytes} bytes]` : `[${kind}, ${bytes} bytes]`;
}

/** Four characters of base64 are three bytes. */
function base64Bytes(characters: number): number {
  return Math.floor((characters * 3) / 4);
}

/** What the dialect says about the bytes beside them. */
function kindBeside(holder: unknown): string {
  if (typeof holder !== 'object' || holder === null) return '';
  const kind = 'media_type' in holder ? holder.media_type : 'format' in holder ? holder.format : undefined;
  return typeof kind === 'string' && kind.length < 100 ? kind : '';
}
