// Sessions (conversations) on the wire.
import { Type } from 'typebox';
import { MoneyText, Time } from '../../lib/fields.ts';
import { Id, orderBy, pageFields, searchFields } from '../../lib/page.ts';

const ordering = { orderBy: orderBy(['id', 'total', 'update']) };

export const SessionListQuery = Type.Object({ ...pageFields, ...searchFields, ...ordering });
export type SessionListQuery = Type.Static<typeof SessionListQuery>;

export const AdminSessionListQuery = Type.Object({
  ...pageFields,
  ...searchFields,
  ...ordering,
  key_id: Type.Optional(Id),
});
export type AdminSessionListQuery = Type.Static<typeof AdminSessionListQuery>;

/** What told that its exchanges belong together. */
export const SessionOrigin = Type.Enum(['header', 'claude-code', 'chat', 'cache', 'turns'], {
  description:
    '`header`: Session-Id; `claude-code`: its session; `chat`: Open WebUI; `cache`: prompt_cache_key; `turns`: how it began',
});
export type SessionOrigin = Type.Static<typeof SessionOrigin>;

export const SessionRow = Type.Object({
  id: Type.Integer(),
  key: Type.String({ description: "the client's own session id, or a name made from another sign" }),
  origin: SessionOrigin,
  title: Type.String(),
  key_id: Type.Integer(),
  total_in_tokens: Type.Integer(),
  total_out_tokens: Type.Integer(),
  total_fee: MoneyText,
  currency: Type.Literal('USD'),
  created_at: Time,
  updated_at: Time,
});
export type SessionRow = Type.Static<typeof SessionRow>;
