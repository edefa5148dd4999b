// A price as JSON beside its hold, so that any replica can settle for a process that died.
import type { Money } from '../../lib/money.ts';
import type { Price, PriceBand } from './price.ts';

/** A price band with money as decimal digits of 10^-10 USD. */
export interface StoredBand {
  overInputTokens: number;
  input: string;
  output: string;
  cacheRead: string | null;
  cacheWrite5m: string | null;
  cacheWrite1h: string | null;
  /** Absent: stored by a version that charged neither. */
  image?: string | null;
  embedding?: string | null;
}

const digits = (amount: Money | null) => (amount === null ? null : String(amount));
const amount = (text: string | null) => (text === null ? null : BigInt(text));

/** A catalogue has few prices and every hold needs one. */
const encoded = new WeakMap<Price, readonly StoredBand[]>();

export function encodePrice(price: Price): readonly StoredBand[] {
  const known = encoded.get(price);
  if (known !== undefined) return known;
  const bands = price.map((band) => ({
    overInputTokens: band.overInputTokens,
    input: String(band.input),
    output: String(band.output),
    cacheRead: digits(band.cacheRead),
    cacheWrite5m: digits(band.cacheWrite5m),
    cacheWrite1h: digits(band.cacheWrite1h),
    image: digits(band.image),
    embedding: digits(band.embedding),
  }));
  encoded.set(price, bands);
  return bands;
}

export function decodePrice(bands: readonly StoredBand[]): Price {
  const [first, ...rest] = bands.map(
    (band): PriceBand => ({
      overInputTokens: band.overInputTokens,
      input: BigInt(band.input),
      output: BigInt(band.output),
      cacheRead: amount(band.cacheRead),
      cacheWrite5m: amount(band.cacheWrite5m),
      cacheWrite1h: amount(band.cacheWrite1h),
      image: amount(band.image ?? null),
      embedding: amount(band.embedding ?? null),
    }),
  );
  if (first === undefined) throw new Error('a hold without a price');
  return [first, ...rest];
}
