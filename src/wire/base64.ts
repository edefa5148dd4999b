// Base64 as clients send it: alone or in a data URL (RFC 2397), made to what every upstream reads.

export interface DataUrl {
  /** In small letters, without parameters; empty: none. */
  mediaType: string;
  base64: string;
}

/** No media type with its parameters is longer; what follows is data. */
const MAX_HEAD_CHARS = 1_024;
const CANONICAL = /^[A-Za-z0-9+/]*={0,2}$/;

/** Null: not a data URL, or one whose data is not base64. */
export function parseDataUrl(url: string): DataUrl | null {
  if (!/^data:/i.test(url)) return null;
  const comma = url.slice(0, MAX_HEAD_CHARS).indexOf(',');
  if (comma === -1) return null;
  const [mediaType = '', ...parameters] = url.slice('data:'.length, comma).split(';');
  if (parameters.at(-1)?.trim().toLowerCase() !== 'base64') return null;
  const base64 = normaliseBase64(url.slice(comma + 1));
  return base64 === null ? null : { mediaType: mediaType.trim().toLowerCase(), base64 };
}

/** Without white space and padded, as upstreams want it; null: not base64, or nothing. */
export function normaliseBase64(text: string): string | null {
  const compact = /\s/.test(text) ? text.replace(/\s+/g, '') : text;
  if (compact === '' || !CANONICAL.test(compact)) return null;
  const bare = compact.replace(/=+$/, '');
  const rest = bare.length % 4;
  if (rest === 1) return null;
  return rest === 0 ? bare : bare.padEnd(bare.length + 4 - rest, '=');
}
