// The ways to a model that a request may take, each with its own price, most wanted first. Pure.
import type { UpstreamTarget } from '../../canonical/admission.ts';
import type { Price } from '../billing/index.ts';
import type { FurtherTarget, Model } from '../models/index.ts';

/** A target, and what its answer costs. */
export interface Offer {
  target: UpstreamTarget;
  priceScope: string;
  price: Price;
  /** What the answer costs if the upstream serves it in the standard tier all the same. */
  standardPrice: Price | undefined;
}

export interface OfferDeps {
  /** Undefined: not priced there. */
  priceOf(at: Pick<Model, 'kind' | 'baseId' | 'priceScope' | 'isFree'>): Price | undefined;
  standardPriceOf: OfferDeps['priceOf'];
  /** The gateway's own. */
  region: string;
  /** From 0 to below 1. */
  random(): number;
}

type Way = FurtherTarget;
export type Ways = Pick<
  Model,
  'target' | 'region' | 'priceScope' | 'credentials' | 'weight' | 'spread' | 'furtherTargets'
>;

/** A way without a price is left out: nobody could say what it costs. Undefined: none has one. */
export function offersOf(
  model: Ways & Pick<Model, 'kind' | 'baseId' | 'isFree'>,
  { priceOf, standardPriceOf, region, random }: OfferDeps,
): [Offer, ...Offer[]] | undefined {
  const { kind, baseId, isFree } = model;
  const priced: (Offer & { weight: number })[] = [];
  for (const { target: modelId, region: own, priceScope, credentials, weight } of waysOf(model)) {
    const price = priceOf({ kind, baseId, priceScope, isFree });
    if (price === undefined) continue;
    const target = { modelId, region: own ?? region, ...(credentials !== null && { credentials }) };
    const standardPrice = standardPriceOf({ kind, baseId, priceScope, isFree });
    priced.push({ target, priceScope, price, standardPrice, weight });
  }
  const [first, ...rest] = model.spread === 'weighted' ? byLot(priced, random) : priced;
  return first === undefined ? undefined : [first, ...rest];
}

function waysOf({ furtherTargets, target, region, priceScope, credentials, weight }: Ways): Way[] {
  return [{ target, region, priceScope, credentials, weight }, ...furtherTargets];
}

/** Drawn one after the other, each with the chance of its weight among those that are left; weight 0 last, as listed. */
export function byLot<T extends { weight: number }>(items: readonly T[], random: () => number): T[] {
  const left = items.filter(({ weight }) => weight > 0);
  const drawn: T[] = [];
  while (left.length > 0) {
    let lot = random() * left.reduce((sum, { weight }) => sum + weight, 0);
    const index = left.findIndex(({ weight }) => {
      lot -= weight;
      return lot < 0;
    });
    // Rounding may leave nothing: then it is the last one.
    drawn.push(...left.splice(index, 1));
  }
  return [...drawn, ...items.filter(({ weight }) => weight === 0)];
}
