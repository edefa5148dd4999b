// In what a line of the bill counts its tokens. AWS's own sources disagree (tokens, thousands, millions), so nothing is
// assumed: the line says it, or the price tells.

import type { Money } from '../../../lib/money.ts';
import { type Decimal, ratePerMillion, toTokens } from '../decimal.ts';

export type Scale = 1 | 1_000 | 1_000_000;

const SCALES: readonly Scale[] = [1, 1_000, 1_000_000];

/** From the column `pricing_unit`; undefined: it does not say. */
export function statedScale(pricingUnit: string): Scale | undefined {
  const unit = pricingUnit.trim().toLowerCase();
  if (/^(1k|1,?000|thousand)\s+(\w+\s+)?tokens?$/.test(unit)) return 1_000;
  if (/^(1m|1,?000,?000|million)\s+(\w+\s+)?tokens?$/.test(unit)) return 1_000_000;
  return /^tokens?$/.test(unit) ? 1 : undefined;
}

/**
 * The scale whose price per million tokens comes nearest to the expected one, if it is within a quarter of it.
 * @param expected USD per million tokens; undefined: nothing to compare with
 */
export function likelyScale(
  quantity: Decimal,
  cost: Decimal,
  expected: Money | undefined,
): Scale | undefined {
  if (expected === undefined || expected === 0n || quantity <= 0n) return undefined;
  return SCALES.find((scale) => {
    const rate = ratePerMillion(cost, toTokens(quantity, scale));
    if (rate === undefined) return false;
    const off = rate > expected ? rate - expected : expected - rate;
    return off * 4n <= expected;
  });
}
