// Days as the report takes them: UTC, `2026-11-20`.

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 7;

export function isDay(text: string | undefined): text is string {
  return text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text);
}

/** What the address asks for, else the last week up to today. */
export function readRange(from: string | undefined, to: string | undefined, now: Date) {
  const last = isDay(to) ? to : now.toISOString().slice(0, 10);
  const first = new Date(Date.parse(`${last}T00:00:00Z`) - (DEFAULT_DAYS - 1) * DAY_MS);
  // A day that does not exist is the gateway's to refuse.
  const week = Number.isNaN(first.getTime()) ? last : first.toISOString().slice(0, 10);
  return { from: isDay(from) ? from : week, to: last };
}
