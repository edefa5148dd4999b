// What an ended exchange is charged. Pure; the table it follows is in docs/architecture.md, "Who pays".
import { totalInputTokens, type Usage } from '../../canonical/usage.ts';
import type { Money } from '../../lib/money.ts';
import { bandFor, type ChargedPrice, type Price, priceUsage } from './price.ts';

/** What is known of the tokens when an exchange ends. */
export type ChargeBasis =
  | { kind: 'reported'; usage: Usage; isDrained: boolean }
  /** The upstream did not say: our own count of what went in and came out. */
  | { kind: 'estimated'; usage: Usage }
  /** The upstream said something that cannot be: charged at the hold. */
  | { kind: 'absurd' }
  /** Nothing was served. */
  | { kind: 'none' };

export interface Charge {
  fee: Money;
  usage: Usage;
  price: ChargedPrice;
  usageSource: 'reported' | 'drained' | 'estimated' | 'none';
  isQuarantined: boolean;
}

const NO_TOKENS: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
};

/** A report of more than this many times the model's context is nonsense. */
const ABSURD_CONTEXTS = 10;

export interface ChargeTerms {
  price: Price;
  holdAmount: Money;
  contextTokens: number;
}

export function chargeFor(basis: ChargeBasis, terms: ChargeTerms): Charge {
  if (basis.kind === 'none')
    return {
      fee: 0n,
      usage: NO_TOKENS,
      price: bandFor(terms.price, 0),
      usageSource: 'none',
      isQuarantined: false,
    };
  if (basis.kind === 'absurd' || isAbsurd(basis.usage, terms.contextTokens))
    return {
      fee: terms.holdAmount,
      usage: NO_TOKENS,
      price: bandFor(terms.price, 0),
      usageSource: 'estimated',
      isQuarantined: true,
    };
  const usageSource = basis.kind === 'estimated' ? 'estimated' : basis.isDrained ? 'drained' : 'reported';
  return { ...priceUsage(basis.usage, terms.price), usage: basis.usage, usageSource, isQuarantined: false };
}

function isAbsurd(usage: Usage, contextTokens: number): boolean {
  const limit = contextTokens * ABSURD_CONTEXTS;
  return totalInputTokens(usage) > limit || usage.outputTokens > limit;
}
