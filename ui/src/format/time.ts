// Points in time for the screen, in the reader's own time zone.
import { NOTHING } from './money.ts';

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  const known = formatters.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(locale, options);
  formatters.set(key, made);
  return made;
}

/** The instant an ISO 8601 text names; null if it names none. */
export function readTime(value: unknown): Date | null {
  if (typeof value !== 'string') return null;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? null : date;
}

interface TimeFormat {
  locale: string;
  now: Date;
  /** For tests; the reader's own if absent. */
  timeZone?: string;
}

/** `14:03:22` today, `3 Nov, 14:03` this year, `3 Nov 2024` before: short, for tables. */
export function formatTime(value: unknown, { locale, now, timeZone }: TimeFormat): string {
  const date = readTime(value);
  if (!date) return NOTHING;
  const zone = timeZone === undefined ? {} : { timeZone };
  const day = formatter(locale, { ...zone, year: 'numeric', month: 'numeric', day: 'numeric' });
  if (day.format(date) === day.format(now)) {
    const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
    return formatter(locale, { ...zone, ...clock }).format(date);
  }
  const year = formatter(locale, { ...zone, year: 'numeric' });
  const sameYear = year.format(date) === year.format(now);
  const clock = sameYear ? ({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const) : {};
  const yearPart = sameYear ? {} : ({ year: 'numeric' } as const);
  return formatter(locale, { ...zone, ...yearPart, month: 'short', day: 'numeric', ...clock }).format(date);
}

/** Date, time to the second and zone, for tooltips and details. */
export function formatTimeFully(value: unknown, { locale, timeZone }: Omit<TimeFormat, 'now'>): string {
  const date = readTime(value);
  if (!date) return NOTHING;
  const zone = timeZone === undefined ? {} : { timeZone };
  const day = { year: 'numeric', month: 'short', day: 'numeric' } as const;
  const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
  return formatter(locale, { ...zone, ...day, ...clock, timeZoneName: 'short' }).format(date);
}
