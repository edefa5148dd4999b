// What the counters mean: who says no, when it is worth another try, and what the caller is told is left. Pure.
import type { RateLimit, RateLimits } from '../../canonical/rate-limits.ts';
import type { Rule } from './rules.ts';

/** A counter after the request was added to it. */
export interface Reading {
  rule: Rule;
  /** What the request asks of it: 1, or its tokens. */
  asked: number;
  /** With what was asked, if `isCounted`. */
  used: number;
  isCounted: boolean;
  /** Until the window ends, ms. */
  resetMs: number;
}

export interface LimitRefusal {
  rule: Rule;
  asked: number;
  /** By others in this window; for `parallel`, the requests under way. */
  used: number;
  /** Undefined: never, it asks for more than the whole limit. */
  retryAfterMs: number | undefined;
  standing: RateLimits;
}

/** Nobody knows when a request under way will end. */
const PARALLEL_RETRY_MS = 1_000;

/** The reading that refuses; of several the one that does so the longest. */
export function findRefusal(readings: readonly Reading[], fullSlot?: Rule): LimitRefusal | undefined {
  const standing = standingOf(readings);
  const over = readings.filter((reading) => othersUsed(reading) + reading.asked > reading.rule.limit);
  const worst = over.reduce<Reading | undefined>(
    (found, reading) => (found === undefined || waitOf(reading) > waitOf(found) ? reading : found),
    undefined,
  );
  if (worst !== undefined) {
    const { rule, asked } = worst;
    const wait = waitOf(worst);
    const retryAfterMs = wait === Number.POSITIVE_INFINITY ? undefined : wait;
    return { rule, asked, used: othersUsed(worst), retryAfterMs, standing };
  }
  if (fullSlot === undefined) return undefined;
  return { rule: fullSlot, asked: 1, used: fullSlot.limit, retryAfterMs: PARALLEL_RETRY_MS, standing };
}

export function isNeverAllowed(rule: Rule, asked: number): boolean {
  return asked > rule.limit;
}

function waitOf({ rule, asked, resetMs }: Reading): number {
  return isNeverAllowed(rule, asked) ? Number.POSITIVE_INFINITY : resetMs;
}

function othersUsed({ used, asked, isCounted }: Reading): number {
  return isCounted ? used - asked : used;
}

/** What is left, after this request if it is counted. */
export function standingOf(readings: readonly Reading[]): RateLimits {
  const left = (unit: Rule['unit']) =>
    readings
      .filter(({ rule }) => rule.unit === unit)
      .map(toRateLimit)
      .reduce<RateLimit | undefined>(tighter, undefined);
  return { requests: left('requests'), tokens: left('tokens') };
}

function toRateLimit({ rule, used, resetMs }: Reading): RateLimit {
  return { limit: rule.limit, remaining: Math.max(0, rule.limit - used), resetMs };
}

/** The one with less left; of two equals the one that stays so longer. */
export function tighter(a: RateLimit | undefined, b: RateLimit): RateLimit {
  if (a === undefined) return b;
  if (a.remaining !== b.remaining) return a.remaining < b.remaining ? a : b;
  return a.resetMs >= b.resetMs ? a : b;
}
