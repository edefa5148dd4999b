// Text from outside (prompts, answers, names), made safe to look at. It is always shown as text, never as HTML.

/** Controls that are not white space, and the ones that reorder what is read (Unicode bidi overrides and isolates). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point
const INVISIBLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]/g;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const CONTROL_PICTURES = 0x2400;
const REPLACEMENT = '\ufffd';

/** Shows each invisible control as a symbol (`␀`), so that it can neither hide nor reorder anything. */
export function visibleText(text: unknown): string {
  if (typeof text !== 'string') return '';
  return text
    .replace(/\r\n?/g, '\n')
    .replace(INVISIBLE, (char) => {
      const code = char.charCodeAt(0);
      return code < 0x20 ? String.fromCharCode(CONTROL_PICTURES + code) : REPLACEMENT;
    })
    .replace(LONE_SURROGATE, REPLACEMENT);
}

/** One line of at most `max` characters (code points); `…` marks what was cut. */
export function excerpt(text: unknown, max = 120): string {
  // Ten times the wanted length is plenty of raw text; a book need not be walked to show its first line.
  const raw = typeof text === 'string' ? text.slice(0, max * 10) : '';
  const line = visibleText(raw).replace(/\s+/g, ' ').trim();
  const points = [...line];
  return points.length <= max
    ? line
    : `${points
        .slice(0, max - 1)
        .join('')
        .trimEnd()}…`;
}

/** The first `max` characters and how many more there are. */
export function headOf(text: string, max: number): { head: string; rest: number } {
  if (text.length <= max) return { head: text, rest: 0 };
  // Never between the two halves of a pair.
  const cut = /[\ud800-\udbff]/.test(text.charAt(max - 1)) ? max - 1 : max;
  return { head: text.slice(0, cut), rest: text.length - cut };
}

/** JSON laid out for reading; text that is not JSON as it is. */
export function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
