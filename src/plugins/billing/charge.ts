// What an ended exchange is charged. Pure; the table it follows is in docs/architecture.md, "Who pays".
import { NO_USAGE, totalInputTokens, type Usage } from '../../canonical/usage.ts';
import type { ModelKind } from '../../db/schema/models.ts';
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

/** A report of more than this many times the model's context is nonsense. */
const ABSURD_CONTEXTS = 10;

export interface ChargeTerms {
  price: Price;
  kind: ModelKind;
  holdAmount: Money;
  contextTokens: number;
  /** Pictures asked for; a report of more is nonsense. */
  images: number;
}

export function chargeFor(basis: ChargeBasis, terms: ChargeTerms): Charge {
  if (basis.kind === 'none')
    return {
      fee: 0n,
      usage: NO_USAGE,
      price: bandFor(terms.price, 0, terms.kind),
      usageSource: 'none',
      isQuarantined: false,
    };
  if (basis.kind === 'absurd' || isAbsurd(basis.usage, terms))
    return {
      fee: terms.holdAmount,
      usage: NO_USAGE,
      price: bandFor(terms.price, 0, terms.kind),
      usageSource: 'estimated',
      isQuarantined: true,
    };
  const usageSource = basis.kind === 'estimated' ? 'estimated' : basis.isDrained ? 'drained' : 'reported';
  const priced = priceUsage(basis.usage, terms.price, terms.kind);
  return { ...priced, usage: basis.usage, usageSource, isQuarantined: false };
}

function isAbsurd(usage: Usage, { contextTokens, images }: ChargeTerms): boolean {
  const limit = contextTokens * ABSURD_CONTEXTS;
  return totalInputTokens(usage) > limit || usage.outputTokens > limit || (usage.images ?? 0) > images;
}
