// Amounts as callers name them: read exactly or refused, naming the field. Pure.
import { isMoneyFault, MONEY_FAULT_TEXT, type Money, parseMoney } from '../../lib/money.ts';
import { MoneyAmountInvalid } from './errors.ts';

/** Any amount but zero. */
export function readChange(field: string, value: number | string): Money {
  const amount = parseMoney(value);
  if (isMoneyFault(amount)) throw new MoneyAmountInvalid(field, MONEY_FAULT_TEXT[amount]);
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
  if (isMoneyFault(amount)) throw new MoneyAmountInvalid(field, MONEY_FAULT_TEXT[amount]);
  if (amount < 0n) throw new MoneyAmountInvalid(field, 'must not be negative');
  return amount;
}
