// Whether a day's tokens of one model and kind agree between ledger and bill, and what may be behind a difference. Pure.
import type { Money } from '../../../lib/money.ts';
import type { Cause, ReportState, Ripeness } from '../schemas.ts';

const DAY_MS = 86_400_000;
/** AWS's own records come late: for Bedrock up to three days have been seen. */
const SETTLED_AFTER_MS = 3 * DAY_MS;
/** AWS may change a month for two weeks after its end. */
const FINAL_AFTER_MS = 14 * DAY_MS;

/** How far the bill of a day (UTC, `2026-11-20`) can still change. */
export function ripenessOf(day: string, now: Date): Ripeness {
  const start = Date.parse(`${day}T00:00:00Z`);
  const date = new Date(start);
  const monthEnd = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  if (now.getTime() > monthEnd + FINAL_AFTER_MS) return 'final';
  return now.getTime() >= start + DAY_MS + SETTLED_AFTER_MS ? 'settled' : 'provisional';
}

/** Below: rounding and the edges of the day. */
const FREE_TOKENS = 2_000;
const AGREES_PERMILLE = 1;
const CLOSE_PERMILLE = 10;
/** A rate is derived only from so many tokens, and may be off by so much, USD per million in 10^-10. */
const RATE_TOKENS = 10_000;
const RATE_TOLERANCE = 1_000_000n;

export interface Bucket {
  day: string;
  ledgerTokens: number;
  /** Null: no bill has been imported for the day. */
  awsTokens: number | null;
  isMapped: boolean;
  ledgerRate: Money | undefined;
  awsRate: Money | undefined;
}

export function stateOf(bucket: Bucket): ReportState {
  const { ledgerTokens, awsTokens, ledgerRate, awsRate } = bucket;
  if (!bucket.isMapped) return 'unmapped';
  if (awsTokens === null) return 'no_bill';
  const off = Math.abs(awsTokens - ledgerTokens);
  const size = Math.max(awsTokens, ledgerTokens);
  const isWithin = (permille: number) => off * 1_000 <= size * permille;
  if (off > FREE_TOKENS && !isWithin(AGREES_PERMILLE)) return isWithin(CLOSE_PERMILLE) ? 'close' : 'differs';
  if (ledgerRate === undefined || awsRate === undefined || awsTokens < RATE_TOKENS) return 'agrees';
  const gap = awsRate > ledgerRate ? awsRate - ledgerRate : ledgerRate - awsRate;
  return gap <= RATE_TOLERANCE ? 'agrees' : 'price_differs';
}

/** What is known of the day and the model beside the two numbers. */
export interface Circumstances {
  ripeness: Ripeness;
  /** Exchanges that were charged by estimate, and whose client had left. */
  estimates: number;
  leftClients: number;
  /** Calls in the log that name us and are not in the ledger. */
  lostCalls: number;
  /** The bill does not say who called, or the log has not told who we are. */
  callersUnknown: boolean;
  /** Tokens that others used of the same model and kind. */
  otherCallersTokens: number;
  hasLog: boolean;
  /** Cached tokens of the day and model, in the ledger. */
  cachedTokens: number;
  /** Long context, another tier, global routing, the hour's cache. */
  hasOtherTerms: boolean;
  isMonthly: boolean;
}

export function causesOf(bucket: Bucket, state: ReportState, about: Circumstances): Cause[] {
  if (state === 'agrees' || state === 'no_bill' || state === 'unmapped' || bucket.awsTokens === null)
    return [];
  const causes = new Set<Cause>();
  if (about.ripeness === 'provisional') causes.add('late_records');
  if (about.isMonthly) causes.add('coarse_bill');
  if (state === 'price_differs') {
    causes.add(about.hasOtherTerms ? 'other_terms' : 'other_price');
    return [...causes];
  }
  const { ledgerTokens, awsTokens } = bucket;
  const more = awsTokens - ledgerTokens;
  if (isUnitError(ledgerTokens, awsTokens)) causes.add('unit');
  if (ledgerTokens === 0) causes.add('not_in_ledger');
  if (awsTokens === 0) causes.add('not_in_bill');
  if (about.estimates > 0) causes.add('estimates');
  if (about.leftClients > 0) causes.add('left_clients');
  if (more > 0) {
    if (about.lostCalls > 0) causes.add('lost_calls');
    if (about.callersUnknown) causes.add('no_principals');
    else if (about.otherCallersTokens > 0) causes.add('other_callers');
    if (about.cachedTokens > 0 && Math.abs(more - about.cachedTokens) * 100 <= about.cachedTokens)
      causes.add('cache_kinds');
  }
  if (!about.hasLog) causes.add('log_missing');
  if (isMonthEdge(bucket.day)) causes.add('month_edge');
  return [...causes];
}

/** Off by exactly a thousand or a million is a unit, not traffic. */
function isUnitError(ledgerTokens: number, awsTokens: number): boolean {
  if (ledgerTokens === 0 || awsTokens === 0) return false;
  const ratio = Math.max(ledgerTokens, awsTokens) / Math.min(ledgerTokens, awsTokens);
  return [1_000, 1_000_000].some((scale) => Math.abs(ratio / scale - 1) < 0.01);
}

function isMonthEdge(day: string): boolean {
  const next = new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS);
  return day.endsWith('-01') || next.getUTCDate() === 1;
}
