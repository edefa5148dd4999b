// Moments as a field for local time takes them. Pure but for the browser's time zone.

/** ISO 8601 -> `2026-01-31T12:00`, in local time; what is no moment -> nothing. */
export function toLocalField(moment: string): string {
  const date = new Date(moment);
  if (Number.isNaN(date.getTime())) return '';
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The other way round; null for what is no moment. */
export function fromLocalField(text: string): string | null {
  const date = new Date(text);
  return text.trim() === '' || Number.isNaN(date.getTime()) ? null : date.toISOString();
}
