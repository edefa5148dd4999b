// Amounts as callers name them: read exactly or refused, naming the field. Pure.
import { isMoneyFault, type Money, type MoneyFault, parseMoney } from '../../lib/money.ts';
import { MoneyAmountInvalid } from './errors.ts';

const TEXT: Record<MoneyFault, string> = {
  not_a_number: 'must be a number or a decimal string',
  too_many_places: 'must have at most ten decimal places',
  too_large: 'must be within 100000000 USD',
  too_precise_for_a_number: 'has more digits than a JSON number can carry; send it as a string',
};

/** Any amount but zero. */
export function readChange(field: string, value: number | string): Money {
  const amount = parseMoney(value);
  if (isMoneyFault(amount)) throw new MoneyAmountInvalid(field, TEXT[amount]);
  if (amount === 0n) throw new MoneyAmountInvalid(field, 'must not be zero');
  return amount;
}

export function readPositive(field: string, value: number | string): Money {
  const amount = readChange(field, value);
  if (amount < 0n) throw new MoneyAmountInvalid(field, 'must be greater than zero');
  return amount;
}

/** A ceiling: zero means that nothing may be spent. */
export function readLimit(field: string, value: number | string): Money {
  const amount = parseMoney(value);
  if (isMoneyFault(amount)) throw new MoneyAmountInvalid(field, TEXT[amount]);
  if (amount < 0n) throw new MoneyAmountInvalid(field, 'must not be negative');
  return amount;
}
