// What tokens cost. Pure: no clock, no database.
import { totalInputTokens, type Usage } from '../../canonical/usage.ts';
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
}

/** The band for so many input tokens of all kinds. */
export function bandFor(price: Price, inputTokens: number): ChargedPrice {
  let band = price[0];
  for (const candidate of price) if (inputTokens > candidate.overInputTokens) band = candidate;
  return {
    input: band.input,
    output: band.output,
    cacheRead: band.cacheRead ?? band.input,
    cacheWrite5m: band.cacheWrite5m ?? band.input,
    cacheWrite1h: band.cacheWrite1h ?? band.input,
  };
}

/** The exact fee, rounded once, half up, to 10^-10 USD. */
export function feeFor(usage: Usage, price: ChargedPrice): Money {
  return feeOf([
    { tokens: usage.inputTokens, pricePerMillion: price.input },
    { tokens: usage.outputTokens, pricePerMillion: price.output },
    { tokens: usage.cacheReadTokens, pricePerMillion: price.cacheRead },
    { tokens: usage.cacheWrite5mTokens, pricePerMillion: price.cacheWrite5m },
    { tokens: usage.cacheWrite1hTokens, pricePerMillion: price.cacheWrite1h },
  ]);
}

export function priceUsage(usage: Usage, price: Price): { fee: Money; price: ChargedPrice } {
  const band = bandFor(price, totalInputTokens(usage));
  return { fee: feeFor(usage, band), price: band };
}

/**
 * The most a request can cost: every input token at the dearest input price of any band it may reach, and all the
 * output it may produce.
 */
export function worstCase(price: Price, inputTokens: number, outputTokens: number): Money {
  const { input, output } = dearest(price, inputTokens);
  return feeOf([
    { tokens: inputTokens, pricePerMillion: input },
    { tokens: outputTokens, pricePerMillion: output },
  ]);
}

/** How many output tokens `available` would pay for beside the input; 0 if not even the input fits. */
export function affordableOutputTokens(price: Price, inputTokens: number, available: Money): number {
  const { input, output } = dearest(price, inputTokens);
  const left = available - feeOf([{ tokens: inputTokens, pricePerMillion: input }]);
  if (left <= 0n || output === 0n) return 0;
  return Number((left * 1_000_000n) / output);
}

function dearest(price: Price, inputTokens: number): { input: Money; output: Money } {
  let input = 0n;
  let output = 0n;
  for (const band of price) {
    if (band.overInputTokens > 0 && inputTokens <= band.overInputTokens) continue;
    input = largest(
      input,
      band.input,
      band.cacheRead ?? 0n,
      band.cacheWrite5m ?? 0n,
      band.cacheWrite1h ?? 0n,
    );
    output = largest(output, band.output);
  }
  return { input, output };
}
