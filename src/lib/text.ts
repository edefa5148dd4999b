// Text that Postgres and JSON can carry.

/** How deep a body may nest; real tool schemas stay under 30. */
const MAX_DEPTH = 100;

export interface TextFault {
  /** Path in the body, e.g. `messages[0].content`. */
  path: string;
  problem: 'nul' | 'lone_surrogate' | 'too_deep';
}

/** The first string (or member name) in a JSON value that cannot be stored as UTF-8 text, if any. Never recurses. */
export function findTextFault(body: unknown): TextFault | undefined {
  if (typeof body !== 'object' || body === null)
    return typeof body === 'string' ? faultOf(body, '') : undefined;
  const pending: { value: object; path: string; depth: number }[] = [{ value: body, path: '', depth: 1 }];
  for (let entry = pending.pop(); entry !== undefined; entry = pending.pop()) {
    if (entry.depth > MAX_DEPTH) return { path: shorten(entry.path), problem: 'too_deep' };
    const isList = Array.isArray(entry.value);
    for (const [name, value] of Object.entries(entry.value)) {
      if (typeof value === 'string') {
        if (isStorable(value)) continue;
        return faultOf(value, join(entry.path, name, isList));
      }
      if (typeof value === 'object' && value !== null)
        pending.push({ value, path: join(entry.path, name, isList), depth: entry.depth + 1 });
      if (!isList && !isStorable(name)) return faultOf(name, entry.path);
    }
  }
  return undefined;
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

function faultOf(text: string, path: string): TextFault | undefined {
  if (isStorable(text)) return undefined;
  return { path: shorten(path), problem: text.includes('\0') ? 'nul' : 'lone_surrogate' };
}

function join(path: string, name: string, isList: boolean): string {
  if (isList) return `${path}[${name}]`;
  return path === '' ? name : `${path}.${name}`;
}

function shorten(path: string): string {
  return path.length > 200 ? `${path.slice(0, 200)}…` : path.toWellFormed().replaceAll('\0', '');
}

/** A model's text as Postgres can hold it: NUL becomes its JSON escape, a lone surrogate the replacement character. */
export function storableText(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return wellFormed.includes('\0') ? wellFormed.replaceAll('\0', '\\u0000') : wellFormed;
}

/** The first `length` characters, never half of a surrogate pair. */
export function head(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = text.slice(0, length);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}
