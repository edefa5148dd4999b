// Times as a `datetime-local` field has them: in the reader's own zone, to the minute.

const two = (value: number) => String(value).padStart(2, '0');

/** `"2026-01-31T12:00:00.000Z"` -> `2026-01-31T13:00` in Berlin; nothing for nothing. */
export function toLocalInput(iso: string | null): string {
  if (iso === null) return '';
  const at = new Date(iso);
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** Null for nothing; undefined if it is no time. */
export function fromLocalInput(text: string): string | null | undefined {
  if (text.trim() === '') return null;
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
