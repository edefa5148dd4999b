// Exact decimals of a bill: quantities and costs have more places than our money. Pure.
import type { Money } from '../../lib/money.ts';

/** In units of 10^-18. */
export type Decimal = bigint;

const PLACES = 18;
const UNIT = 10n ** BigInt(PLACES);
/** Money has ten places. */
const PER_MONEY_UNIT = 10n ** BigInt(PLACES - 10);
const SHAPE = /^([+-])?(\d{1,20})?(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/** Reads a decimal text, also in scientific notation; what lies beyond 18 places is cut. Undefined: not a number. */
export function parseDecimal(text: string): Decimal | undefined {
  const [match, sign, whole = '', fraction = '', exponent = '0'] = SHAPE.exec(text.trim()) ?? [];
  if (match === undefined || whole + fraction === '') return undefined;
  const shift = Number(exponent) - fraction.length + PLACES;
  const digits = BigInt(whole + fraction);
  if (digits !== 0n && String(digits).length + shift > 38) return undefined;
  const units = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
  return sign === '-' ? -units : units;
}

/** All 18 places, as PostgreSQL's `numeric` takes them. */
export function formatDecimal(value: Decimal): string {
  const digits = String(value < 0n ? -value : value).padStart(PLACES + 1, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -PLACES)}.${digits.slice(-PLACES)}`;
}

/** Rounded half away from zero. */
export function toMoney(value: Decimal): Money {
  return divideRounded(value, PER_MONEY_UNIT);
}

/** A quantity in thousands or millions of tokens (`scale`), as whole tokens; rounded half away from zero. */
export function toTokens(quantity: Decimal, scale: number): number {
  return Number(divideRounded(quantity * BigInt(scale), UNIT));
}

/** What one million tokens cost, or undefined without tokens. */
export function ratePerMillion(cost: Decimal, tokens: number): Money | undefined {
  if (tokens === 0) return undefined;
  return divideRounded(cost * 1_000_000n, BigInt(tokens) * PER_MONEY_UNIT);
}

function divideRounded(value: bigint, by: bigint): bigint {
  const half = by / 2n;
  return value < 0n ? -((-value + half) / by) : (value + half) / by;
}
