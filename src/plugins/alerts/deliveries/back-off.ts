// When a delivery that failed is tried again. Pure.

/** Tries of one delivery; with the pauses below, the last is about 23 hours after the first. */
export const ATTEMPT_LIMIT = 8;
const FIRST_PAUSE_MS = 15_000;
const GROWTH = 4;
/** A pause is at most this much longer or shorter than its place in the row, so that retries do not come in herds. */
const JITTER = 0.2;
/** The longest pause that a receiver may ask for. */
const MAX_RETRY_AFTER_MS = 24 * 3_600_000;

/**
 * The pause after so many failed tries (1 for the first), ms.
 * @param random from 0 to 1
 * @param retryAfterMs what the receiver asked for: never less than that
 */
export function pauseAfter(failures: number, random: number, retryAfterMs = 0): number {
  const pause = FIRST_PAUSE_MS * GROWTH ** (failures - 1);
  const spread = pause * (1 - JITTER + 2 * JITTER * random);
  return Math.round(Math.max(spread, Math.min(retryAfterMs, MAX_RETRY_AFTER_MS)));
}

/**
 * The header `Retry-After` (RFC 9110, 10.2.3): seconds or a date.
 * @returns ms from `nowMs`; undefined if it is absent, past or unreadable
 */
export function readRetryAfter(value: unknown, nowMs: number): number | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}
