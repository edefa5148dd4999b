// Exact money. The unit is 10^-10 USD as a bigint, in Postgres and in code; this module is the only place
// that knows. Outside, money is a decimal string with ten places.

/** USD in units of 10^-10. */
export type Money = bigint;

export const PLACES = 10;
const UNITS_PER_USD = 10n ** BigInt(PLACES);
const TOKENS_PER_PRICE_UNIT = 1_000_000n;
/** The largest amount a caller may name, USD (contract: within +-1e8). */
const LIMIT = 100_000_000n * UNITS_PER_USD;
/** Doubles carry 15 significant decimal digits for certain; beyond, the JSON number may not be what was typed. */
const SAFE_DIGITS = 15;

export type MoneyFault = 'not_a_number' | 'too_many_places' | 'too_large' | 'too_precise_for_a_number';

/** For whoever sent it, after the field's name. */
export const MONEY_FAULT_TEXT: Readonly<Record<MoneyFault, string>> = {
  not_a_number: 'must be a number or a decimal string',
  too_many_places: 'must have at most ten decimal places',
  too_large: 'must be within 100000000 USD',
  too_precise_for_a_number: 'has more digits than a JSON number can carry; send it as a string',
};

const DECIMAL = /^([+-])?(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * Reads a JSON number or a decimal string as USD.
 * @returns the amount, or what is wrong with it; never throws, never rounds.
 */
export function parseMoney(value: unknown): Money | MoneyFault {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return 'not_a_number';
    const text = String(value);
    const digits = text
      .replace(/[eE].*$/, '')
      .replace(/[-.]/g, '')
      .replace(/^0+/, '');
    if (digits.length > SAFE_DIGITS) return 'too_precise_for_a_number';
    return parseDecimal(text);
  }
  if (typeof value === 'string') return value.length > 64 ? 'not_a_number' : parseDecimal(value.trim());
  return 'not_a_number';
}

function parseDecimal(text: string): Money | MoneyFault {
  const match = DECIMAL.exec(text);
  if (!match) return 'not_a_number';
  const [, sign, whole = '', fraction = '', exponentText = '0'] = match;
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '') return 0n;
  const exponent = Number(exponentText) - fraction.length + PLACES;
  let units: bigint;
  if (exponent >= 0) {
    if (digits.length + exponent > 40) return 'too_large';
    units = BigInt(digits) * 10n ** BigInt(exponent);
  } else {
    const kept = digits.slice(0, exponent);
    if (/[1-9]/.test(digits.slice(exponent))) return 'too_many_places';
    units = BigInt(kept === '' ? '0' : kept);
  }
  if (units > LIMIT) return 'too_large';
  return sign === '-' ? -units : units;
}

/** Is this what {@link parseMoney} answers when it could not read the value? */
export function isMoneyFault(value: Money | MoneyFault): value is MoneyFault {
  return typeof value === 'string';
}

/** `20000000000n` -> `"2.0000000000"`. */
export function formatMoney(amount: Money): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(PLACES + 1, '0');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -PLACES)}.${digits.slice(-PLACES)}`;
}

/** A price of so many USD per million tokens, as USD per token; exact, with at least ten places. */
export function formatPricePerToken(pricePerMillion: Money): string {
  return formatExact(exactAmount({ tokens: 1, pricePerMillion }));
}

/** One line of a bill: so many tokens at so many USD (in money units) per million tokens. */
export interface PricedTokens {
  tokens: number;
  pricePerMillion: Money;
}

/** USD in units of 10^-16: what tokens x price per million is exactly, before the one rounding. */
export type ExactMoney = bigint;

export function exactAmount({ tokens, pricePerMillion }: PricedTokens): ExactMoney {
  return BigInt(tokens) * pricePerMillion;
}

export function toExact(amount: Money): ExactMoney {
  return amount * TOKENS_PER_PRICE_UNIT;
}

/** Half up; not for negative amounts. */
export function roundExact(exact: ExactMoney): Money {
  return (exact + TOKENS_PER_PRICE_UNIT / 2n) / TOKENS_PER_PRICE_UNIT;
}

/** With all its places, at least ten and at most sixteen. */
export function formatExact(exact: ExactMoney): string {
  const places = PLACES + 6;
  const digits = (exact < 0n ? -exact : exact).toString().padStart(places + 1, '0');
  const fraction = digits.slice(-places);
  const extra = fraction.slice(PLACES).replace(/0+$/, '');
  return `${exact < 0n ? '-' : ''}${digits.slice(0, -places)}.${fraction.slice(0, PLACES)}${extra}`;
}

/**
 * The exact sum of tokens x price per million, rounded once, half up.
 * @param more what is not paid by the million, such as pictures
 */
export function feeOf(lines: readonly PricedTokens[], more: Money = 0n): Money {
  let total = toExact(more);
  for (const line of lines) if (line.tokens !== 0) total += exactAmount(line);
  return roundExact(total);
}

/** The largest of some amounts; at least zero. */
export function largest(...amounts: readonly Money[]): Money {
  let most = 0n;
  for (const amount of amounts) if (amount > most) most = amount;
  return most;
}
