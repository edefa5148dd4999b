// Threads (single exchanges) on the wire.
import { Type } from 'typebox';
import { MoneyText, nullable, Time } from '../../lib/fields.ts';
import { Id, orderBy, pageFields, searchFields } from '../../lib/page.ts';

const filters = { session_id: Type.Optional(Id), orderBy: orderBy(['id']) };

export const ThreadListQuery = Type.Object({ ...pageFields, ...searchFields, ...filters });
export type ThreadListQuery = Type.Static<typeof ThreadListQuery>;

export const AdminThreadListQuery = Type.Object({
  ...pageFields,
  ...searchFields,
  ...filters,
  key_id: Type.Optional(Id),
});
export type AdminThreadListQuery = Type.Static<typeof AdminThreadListQuery>;

/** How the exchange ended. `abandoned`: its process died, another replica settled it. */
export const ThreadStatus = Type.Enum([
  'ok',
  'client_closed',
  'upstream_error',
  'upstream_throttled',
  'upstream_timeout',
  'shutdown',
  'abandoned',
]);
export type ThreadStatus = Type.Static<typeof ThreadStatus>;

/** Where the token counts come from. `drained`: reported after the client had left. `none`: nothing was served. */
export const UsageSource = Type.Enum(['reported', 'drained', 'estimated', 'none']);
export type UsageSource = Type.Static<typeof UsageSource>;

export const ThreadRow = Type.Object({
  id: Type.Integer(),
  session_id: nullable(Type.Integer()),
  key_id: Type.Integer(),
  model: Type.String(),
  prompt: Type.String({ description: 'cut to 200 characters' }),
  completion: Type.String({ description: 'cut to 200 characters' }),
  tokens_in: Type.Integer({ description: 'all input tokens: fresh, cache read, cache write' }),
  tokens_out: Type.Integer(),
  fee: MoneyText,
  status: ThreadStatus,
  created_at: Time,
});
export type ThreadRow = Type.Static<typeof ThreadRow>;

export const ThreadDetail = Type.Object({
  id: Type.Integer(),
  session_id: nullable(Type.Integer()),
  session_key: nullable(Type.String()),
  request_id: Type.String(),
  key_id: Type.Integer(),
  model: Type.String(),
  prompt: Type.String({ description: 'the last user message as text' }),
  completion: Type.String(),
  whole_prompt: Type.String({ description: 'the messages as sent, JSON; bytes by their kind and size' }),
  whole_completion: nullable(
    Type.String({ description: "the answer's blocks, JSON; null: it was nothing but text" }),
  ),
  tokens_in: Type.Integer(),
  tokens_out: Type.Integer(),
  tokens_cache_read: Type.Integer(),
  tokens_cache_write_5m: Type.Integer(),
  tokens_cache_write_1h: Type.Integer(),
  price_in: Type.String({ description: 'USD per token' }),
  price_out: Type.String({ description: 'USD per token' }),
  fee: MoneyText,
  currency: Type.Literal('USD'),
  invocation_latency: nullable(Type.Integer({ description: 'ms from our call upstream to its end' })),
  first_byte_latency: nullable(Type.Integer({ description: 'ms from our call upstream to its first event' })),
  status: ThreadStatus,
  usage_source: UsageSource,
  thread_type: Type.Integer({ minimum: 0, maximum: 1, description: '0 streamed, 1 not' }),
  created_at: Time,
});
export type ThreadDetail = Type.Static<typeof ThreadDetail>;
