// The audit log on the wire.
import { Type } from 'typebox';
import { nullable, Time } from '../../lib/fields.ts';
import { orderBy, pageFields, searchFields } from '../../lib/page.ts';

const Word = Type.Optional(Type.String({ maxLength: 255 }));

export const AuditLogQuery = Type.Object({
  ...pageFields,
  ...searchFields,
  actor: Word,
  action: Word,
  target: Word,
  from: Type.Optional(Time),
  to: Type.Optional(Time),
  orderBy: orderBy(['id']),
});
export type AuditLogQuery = Type.Static<typeof AuditLogQuery>;

const Members = nullable(Type.Record(Type.String(), Type.Unknown()));

export const AuditLogRow = Type.Object({
  id: Type.Integer(),
  actor: Type.String({ description: '`bootstrap` or `key:<id>`' }),
  action: Type.String({ description: 'what was done, e.g. `key.update`' }),
  target: Type.String({ description: 'what it was done to, e.g. `key:12`' }),
  before: Members,
  after: Members,
  request_id: Type.String(),
  created_at: Time,
});
export type AuditLogRow = Type.Static<typeof AuditLogRow>;
