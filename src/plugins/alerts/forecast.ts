// Will the money last? A straight line from what a period has used so far to its end. Pure.
import type { Money } from '../../lib/money.ts';

export interface PeriodSoFar {
  used: Money;
  limit: Money;
  /** Since the period began. */
  elapsedMs: number;
  /** Of the whole period. */
  lengthMs: number;
}

/** A tenth of a period must be over: before, one large request would look like a month of them. */
const LEAST_SHARE = 10;
/** The largest amount that a table holds, 10^-10 USD. */
const MAX = 10n ** 18n;

/**
 * What will be used at the period's end, if that is more than the limit and worth a warning.
 * @returns undefined when it will last, when it is too early to say, and when the limit is reached already
 */
export function forecastOverrun({ used, limit, elapsedMs, lengthMs }: PeriodSoFar): Money | undefined {
  if (limit <= 0n || used <= 0n || used >= limit) return undefined;
  if (elapsedMs <= 0 || elapsedMs * LEAST_SHARE < lengthMs || elapsedMs > lengthMs) return undefined;
  const projected = (used * BigInt(Math.round(lengthMs))) / BigInt(Math.round(elapsedMs));
  if (projected <= limit) return undefined;
  return projected > MAX ? MAX : projected;
}
