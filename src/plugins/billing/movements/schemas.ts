// Movements of money on the wire.
import { Type } from 'typebox';
import { MoneyInput, MoneyText } from '../../../lib/fields.ts';
import { Id } from '../../../lib/page.ts';

/** Whoever moves money says why: it stands in the ledger for good. */
const Reason = Type.String({ minLength: 1, maxLength: 255, pattern: '\\S' });

export const AdjustBody = Type.Object(
  { key_id: Id, amount: MoneyInput, reason: Reason },
  { additionalProperties: false },
);
export type AdjustBody = Type.Static<typeof AdjustBody>;

export const RefundBody = Type.Object(
  { thread_id: Id, amount: Type.Optional(MoneyInput), reason: Reason },
  { additionalProperties: false },
);
export type RefundBody = Type.Static<typeof RefundBody>;

export const TransferBody = Type.Object(
  { from_key_id: Id, to_key_id: Id, amount: MoneyInput, reason: Reason },
  { additionalProperties: false },
);
export type TransferBody = Type.Static<typeof TransferBody>;

export const Adjusted = Type.Object({ balance: MoneyText });
export const Refunded = Type.Object({
  amount: MoneyText,
  balance_change: MoneyText,
  quota_change: MoneyText,
});
export const Transferred = Type.Object({ from_balance: MoneyText, to_balance: MoneyText });
