// What an exchange's charge should have been by AWS's own count, at the price that was frozen on the request. Pure.
import { feeOf, type Money } from '../../../lib/money.ts';
import type { ProposalKind } from '../schemas.ts';

export interface LedgerExchange {
  exchangeId: string;
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWrite5mTokens: number;
  cacheWrite1hTokens: number;
  priceInput: Money;
  priceOutput: Money;
  priceCacheRead: Money;
  priceCacheWrite5m: Money;
  priceCacheWrite1h: Money;
  /** The log counts no pictures: the ledger's word holds. */
  images: number;
  priceImage: Money;
  fee: Money;
}

/** The calls that AWS logged for it, added up. */
export interface LoggedTokens {
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  /** Null: the log does not say. */
  cacheWrite1hTokens: number | null;
}

export interface Correction {
  kind: ProposalKind;
  awsAmount: Money;
  /** To be charged more; negative: to be given back. */
  amount: Money;
}

export function tokensAreEqual(ledger: LedgerExchange, logged: LoggedTokens): boolean {
  return (
    ledger.inputTokens === logged.inputTokens &&
    ledger.outputTokens === logged.outputTokens &&
    ledger.cacheReadTokens === logged.cacheReadTokens &&
    ledger.cacheWrite5mTokens + ledger.cacheWrite1hTokens === logged.cacheWriteTokens
  );
}

/** The fee of AWS's counts. */
export function feeByAws(ledger: LedgerExchange, logged: LoggedTokens): Money {
  const hourly = hourWrites(ledger, logged);
  const tokens = [
    { tokens: logged.inputTokens, pricePerMillion: ledger.priceInput },
    { tokens: logged.outputTokens, pricePerMillion: ledger.priceOutput },
    { tokens: logged.cacheReadTokens, pricePerMillion: ledger.priceCacheRead },
    { tokens: logged.cacheWriteTokens - hourly, pricePerMillion: ledger.priceCacheWrite5m },
    { tokens: hourly, pricePerMillion: ledger.priceCacheWrite1h },
  ];
  return feeOf(tokens, BigInt(ledger.images) * ledger.priceImage);
}

/**
 * @param corrected what has already been adjusted of this exchange: only the rest is proposed
 * @returns undefined if there is nothing to correct
 */
export function proposeCorrection(
  ledger: LedgerExchange,
  logged: LoggedTokens,
  corrected: Money,
): Correction | undefined {
  // Equal counts cost what they cost; a charge at the hold has counts of zero.
  const awsAmount = tokensAreEqual(ledger, logged) ? ledger.fee : feeByAws(ledger, logged);
  const amount = awsAmount - ledger.fee - corrected;
  return amount === 0n ? undefined : { kind: 'usage_correction', awsAmount, amount };
}

/** The log mixes both times to live: without its word the ledger's share holds, and what is beyond is the short one. */
function hourWrites(ledger: LedgerExchange, logged: LoggedTokens): number {
  return Math.min(logged.cacheWrite1hTokens ?? ledger.cacheWrite1hTokens, logged.cacheWriteTokens);
}
