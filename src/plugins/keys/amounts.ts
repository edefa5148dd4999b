// Amounts as administrators name them: read exactly or refused, naming the field. Pure.
import { isMoneyFault, type Money, type MoneyFault, parseMoney } from '../../lib/money.ts';
import { AmountInvalid } from './errors.ts';

const TEXT: Record<MoneyFault, string> = {
  not_a_number: 'must be a number or a decimal string',
  too_many_places: 'must have at most ten decimal places',
  too_large: 'must be within 100000000 USD',
  too_precise_for_a_number: 'has more digits than a JSON number can carry; send it as a string',
};

/** An amount that may be zero; 0 when absent. */
export function readAmount(field: string, value: number | string | undefined): Money {
  if (value === undefined) return 0n;
  const amount = parseMoney(value);
  if (isMoneyFault(amount)) throw new AmountInvalid(field, TEXT[amount]);
  if (amount < 0n) throw new AmountInvalid(field, 'must not be negative');
  return amount;
}

export function readPositiveAmount(field: string, value: number | string): Money {
  const amount = readAmount(field, value);
  if (amount === 0n) throw new AmountInvalid(field, 'must be greater than zero');
  return amount;
}
