// Exact USD for the screen. Amounts stay decimal strings: a float would change the tenth place.

/** The largest amount the gateway accepts, as whole dollars. */
const MAX_WHOLE_DIGITS = 9;
const AMOUNT = /^(-)?(\d+)(?:\.(\d+))?$/;

/** What is shown in place of a value that is missing or unreadable. */
export const NOTHING = '–';

export interface MoneyParts {
  /** `$1,234.56`: dollars and cents. */
  cents: string;
  /** The digits after the cents, up to the last that is not zero. */
  rest: string;
  /** The zeros after those, up to the ten places of the ledger. */
  zeros: string;
}

/** `"0.0012000000"` -> `$0.00`, `12`, `000000`; anything unreadable -> a dash. */
export function moneyParts(value: unknown): MoneyParts {
  const match = typeof value === 'string' ? AMOUNT.exec(value.trim()) : null;
  if (!match) return { cents: NOTHING, rest: '', zeros: '' };
  const [, sign = '', whole = '0', fraction = ''] = match;
  const shortest = fraction.replace(/0+$/, '');
  const cents = shortest.slice(0, 2).padEnd(2, '0');
  const grouped = whole.replace(/^0+(?=\d)/, '').replace(/\B(?=(\d{3})+$)/g, ',');
  const minus = sign && /[1-9]/.test(whole + fraction) ? '−' : '';
  const kept = Math.max(2, shortest.length);
  return { cents: `${minus}$${grouped}.${cents}`, rest: shortest.slice(2), zeros: fraction.slice(kept) };
}

/** The amount with no needless zeros: `"20.0000000000"` -> `$20.00`, `"0.0012300000"` -> `$0.00123`. Never rounded. */
export function formatMoney(value: unknown): string {
  const { cents, rest } = moneyParts(value);
  return cents + rest;
}

/**
 * How much of `limit` is `used`, for a progress bar only.
 * @returns 0 to 100, or null if there is no limit to compare with.
 */
export function percentOf(used: unknown, limit: unknown): number | null {
  const part = Number(used);
  const whole = Number(limit);
  if (!Number.isFinite(part) || !Number.isFinite(whole) || whole <= 0) return null;
  return Math.min(100, Math.max(0, (part / whole) * 100));
}

/** `month_quota` minus `month_fee` as a decimal string, never below zero; null if either is unreadable. */
export function remaining(limit: unknown, used: unknown): string | null {
  const [whole, part] = [toUnits(limit), toUnits(used)];
  if (whole === null || part === null) return null;
  const left = whole > part ? whole - part : 0n;
  const digits = left.toString().padStart(11, '0');
  return `${digits.slice(0, -10)}.${digits.slice(-10)}`;
}

function toUnits(value: unknown): bigint | null {
  const match = typeof value === 'string' ? AMOUNT.exec(value.trim()) : null;
  if (!match) return null;
  const [, sign = '', whole = '0', fraction = ''] = match;
  const units = BigInt(whole + fraction.slice(0, 10).padEnd(10, '0'));
  return sign ? -units : units;
}

/**
 * Reads what a person typed into an amount field, e.g. ` $1,250.5 `.
 * @returns the decimal string to send, or null if it is not an amount of at most ten places.
 */
export function readAmount(text: string): string | null {
  const cleaned = text.trim().replace(/^\$\s*/, '');
  const plain = /^\d{1,3}(,\d{3})+(\.\d*)?$/.test(cleaned) ? cleaned.replaceAll(',', '') : cleaned;
  const match = /^(\d*)(?:\.(\d{0,10}))?$/.exec(plain);
  if (!match) return null;
  const [, whole = '', fraction = ''] = match;
  if (whole + fraction === '' || whole.replace(/^0+/, '').length > MAX_WHOLE_DIGITS) return null;
  return `${whole === '' ? '0' : whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Is this readable amount below zero? */
export function isNegative(amount: string): boolean {
  return amount.startsWith('-') && /[1-9]/.test(amount);
}

/** Is this readable amount more than nothing? */
export function isPositive(amount: string): boolean {
  return /[1-9]/.test(amount);
}
