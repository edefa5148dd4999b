// Payments on the wire.
import { Type } from 'typebox';
import { MoneyText, Time } from '../../lib/fields.ts';
import { Id, orderBy, pageFields } from '../../lib/page.ts';

export const PaymentListQuery = Type.Object({
  ...pageFields,
  key_id: Type.Optional(Id),
  orderBy: orderBy(['id']),
});
export type PaymentListQuery = Type.Static<typeof PaymentListQuery>;

export const PaymentRow = Type.Object({
  id: Type.Integer(),
  key_id: Type.Integer(),
  fee: Type.String({ ...MoneyText, description: 'the amount paid in, USD' }),
  created_at: Time,
  actor: Type.String({ description: 'who recorded it: `bootstrap` or `key:<id>`' }),
  reason: Type.String(),
});
export type PaymentRow = Type.Static<typeof PaymentRow>;
