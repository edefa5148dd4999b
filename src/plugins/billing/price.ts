// What tokens and pictures cost. Pure: no clock, no database.
import { totalInputTokens, type Usage } from '../../canonical/usage.ts';
import type { ModelKind } from '../../db/schema/models.ts';
import { feeOf, largest, type Money } from '../../lib/money.ts';

/** Prices in USD per million tokens; they hold for the whole request once its input exceeds `overInputTokens`. */
export interface PriceBand {
  overInputTokens: number;
  input: Money;
  output: Money;
  /** Null: no price of its own; charged as fresh input. */
  cacheRead: Money | null;
  cacheWrite5m: Money | null;
  cacheWrite1h: Money | null;
  /** USD per picture made; null: none. */
  image: Money | null;
  /** Of text embedded; null: no price of its own; charged as fresh input. */
  embedding: Money | null;
}

/** The bands of one model, lowest first; never empty. Frozen when the request is admitted. */
export type Price = readonly [PriceBand, ...PriceBand[]];

/** A band with every price filled in, as it is charged and recorded. */
export interface ChargedPrice {
  input: Money;
  output: Money;
  cacheRead: Money;
  cacheWrite5m: Money;
  cacheWrite1h: Money;
  /** USD per picture. */
  image: Money;
}

/** The band for so many input tokens of all kinds, as it is charged for work of this kind. */
export function bandFor(price: Price, inputTokens: number, kind: ModelKind): ChargedPrice {
  let band = price[0];
  for (const candidate of price) if (inputTokens > candidate.overInputTokens) band = candidate;
  const input = inputPrice(band, kind);
  return {
    input,
    output: band.output,
    cacheRead: band.cacheRead ?? input,
    cacheWrite5m: band.cacheWrite5m ?? input,
    cacheWrite1h: band.cacheWrite1h ?? input,
    image: band.image ?? 0n,
  };
}

function inputPrice(band: PriceBand, kind: ModelKind): Money {
  return kind === 'embedding' ? (band.embedding ?? band.input) : band.input;
}

/** The exact fee, rounded once, half up, to 10^-10 USD. */
export function feeFor(usage: Usage, price: ChargedPrice): Money {
  return feeOf(
    [
      { tokens: usage.inputTokens, pricePerMillion: price.input },
      { tokens: usage.outputTokens, pricePerMillion: price.output },
      { tokens: usage.cacheReadTokens, pricePerMillion: price.cacheRead },
      { tokens: usage.cacheWrite5mTokens, pricePerMillion: price.cacheWrite5m },
      { tokens: usage.cacheWrite1hTokens, pricePerMillion: price.cacheWrite1h },
    ],
    BigInt(usage.images ?? 0) * price.image,
  );
}

export function priceUsage(usage: Usage, price: Price, kind: ModelKind): { fee: Money; price: ChargedPrice } {
  const band = bandFor(price, totalInputTokens(usage), kind);
  return { fee: feeFor(usage, band), price: band };
}

/** The most that a request may use. */
export interface Demand {
  kind: ModelKind;
  inputTokens: number;
  outputTokens: number;
  images: number;
}

/**
 * The most a request can cost: every input token at the dearest input price of any band it may reach, all the output it
 * may produce and all the pictures it may make.
 */
export function worstCase(price: Price, { kind, inputTokens, outputTokens, images }: Demand): Money {
  const { input, output, image } = dearest(price, inputTokens, kind);
  return feeOf(
    [
      { tokens: inputTokens, pricePerMillion: input },
      { tokens: outputTokens, pricePerMillion: output },
    ],
    BigInt(images) * image,
  );
}

/** How many output tokens `available` would pay for beside the rest; 0 if not even that fits. */
export function affordableOutputTokens(
  price: Price,
  demand: Omit<Demand, 'outputTokens'>,
  available: Money,
): number {
  const { output } = dearest(price, demand.inputTokens, demand.kind);
  const left = available - worstCase(price, { ...demand, outputTokens: 0 });
  if (left <= 0n || output === 0n) return 0;
  return Number((left * 1_000_000n) / output);
}

function dearest(
  price: Price,
  inputTokens: number,
  kind: ModelKind,
): { input: Money; output: Money; image: Money } {
  let input = 0n;
  let output = 0n;
  let image = 0n;
  for (const band of price) {
    if (band.overInputTokens > 0 && inputTokens <= band.overInputTokens) continue;
    input = largest(
      input,
      inputPrice(band, kind),
      band.cacheRead ?? 0n,
      band.cacheWrite5m ?? 0n,
      band.cacheWrite1h ?? 0n,
    );
    output = largest(output, band.output);
    image = largest(image, band.image ?? 0n);
  }
  return { input, output, image };
}
