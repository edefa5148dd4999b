// Amounts as administrators name them: read exactly or refused, naming the field. Pure.
import { isMoneyFault, MONEY_FAULT_TEXT, type Money, parseMoney } from '../../lib/money.ts';
import { AmountInvalid } from './errors.ts';

/** An amount that may be zero; 0 when absent. */
export function readAmount(field: string, value: number | string | undefined): Money {
  if (value === undefined) return 0n;
  const amount = parseMoney(value);
  if (isMoneyFault(amount)) throw new AmountInvalid(field, MONEY_FAULT_TEXT[amount]);
  if (amount < 0n) throw new AmountInvalid(field, 'must not be negative');
  return amount;
}

export function readPositiveAmount(field: string, value: number | string): Money {
  const amount = readAmount(field, value);
  if (amount === 0n) throw new AmountInvalid(field, 'must be greater than zero');
  return amount;
}
