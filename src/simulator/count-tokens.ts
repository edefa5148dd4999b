// The simulator's one measure of text. It is no real tokeniser: it is cheap, exact to repeat, and near enough
// that a demo's numbers look right.

// A token is four units. A CJK character is a token of its own; anything else weighs its UTF-8 bytes.
const UNITS_PER_TOKEN = 4;

/** Han, kana, hangul, and the full-width forms and punctuation set between them (one UTF-16 unit). */
export function isCjk(code: number): boolean {
  if (code < 0x2e80) return false;
  return (
    code <= 0x9fff ||
    (code >= 0xac00 && code <= 0xd7af) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xff00 && code <= 0xffef)
  );
}

/** Tokens of a text: about one per four Latin bytes, one per CJK character; never 0 unless it is empty. */
export function countTokens(text: string): number {
  const bytes = Buffer.byteLength(text);
  if (bytes === text.length) return Math.ceil(bytes / UNITS_PER_TOKEN);
  let units = 0;
  for (let at = 0; at < text.length; ) {
    units += unitsAt(text, at);
    at += widthAt(text, at);
  }
  return Math.ceil(units / UNITS_PER_TOKEN);
}

/** The longest beginning of `text` that is at most `maxTokens` by `countTokens`; never half a character. */
export function cutToTokens(text: string, maxTokens: number): string {
  if (countTokens(text) <= maxTokens) return text;
  const limit = maxTokens * UNITS_PER_TOKEN;
  let units = 0;
  for (let at = 0; at < text.length; ) {
    units += unitsAt(text, at);
    if (units > limit) return text.slice(0, at);
    at += widthAt(text, at);
  }
  return text;
}

/** UTF-16 units of the character at `at`: 2 for a surrogate pair, else 1. */
export function widthAt(text: string, at: number): 1 | 2 {
  const code = text.charCodeAt(at);
  if (code < 0xd800 || code > 0xdbff) return 1;
  const next = text.charCodeAt(at + 1);
  return next >= 0xdc00 && next <= 0xdfff ? 2 : 1;
}

function unitsAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  if (isCjk(code) || widthAt(text, at) === 2) return UNITS_PER_TOKEN;
  return 3;
}
