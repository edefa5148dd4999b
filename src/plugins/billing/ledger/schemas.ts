// Ledger entries on the wire.
import { Type } from 'typebox';
import { MoneyText, nullable, Time, TimeInput, Uuid } from '../../../lib/fields.ts';
import { Id, orderBy, pageFields, searchFields } from '../../../lib/page.ts';

export const LedgerKind = Type.Enum(['usage', 'recharge', 'refund', 'adjustment', 'expiry', 'transfer']);
export type LedgerKind = Type.Static<typeof LedgerKind>;

export const OwnLedgerQuery = Type.Object({
  ...pageFields,
  ...searchFields,
  kind: Type.Optional(LedgerKind),
  exchange_id: Type.Optional(Uuid),
  request_id: Type.Optional(Type.String({ maxLength: 64 })),
  from: Type.Optional(TimeInput),
  to: Type.Optional(Type.String({ ...TimeInput, description: 'exclusive' })),
  orderBy: orderBy(['id']),
  /** `csv`: all matching entries, whatever `limit` and `offset` say. */
  format: Type.Optional(Type.Enum(['json', 'csv'])),
});
export type OwnLedgerQuery = Type.Static<typeof OwnLedgerQuery>;

export const LedgerQuery = Type.Object({
  ...OwnLedgerQuery.properties,
  key_id: Type.Optional(Id),
  group_id: Type.Optional(Id),
});
export type LedgerQuery = Type.Static<typeof LedgerQuery>;

export const LedgerRow = Type.Object({
  id: Type.Integer(),
  key_id: Type.Integer(),
  group_id: nullable(Type.Integer({ description: 'whose budgets it counts against' })),
  kind: LedgerKind,
  balance_change: Type.String({ ...MoneyText, description: 'of the balance; spending is negative' }),
  quota_change: Type.String({ ...MoneyText, description: 'of the used quota; spending is positive' }),
  month: nullable(Type.String({ format: 'date', description: 'whose quota it counts in' })),
  day: nullable(Type.String({ format: 'date', description: 'the billing day' })),
  exchange_id: nullable(Type.String()),
  thread_id: nullable(Type.Integer()),
  counterpart_key_id: nullable(Type.Integer({ description: 'the other side of a transfer' })),
  actor: Type.String({ description: '`bootstrap`, `key:<id>` or a part of the gateway' }),
  reason: Type.String(),
  request_id: Type.String(),
  created_at: Time,
});
export type LedgerRow = Type.Static<typeof LedgerRow>;
