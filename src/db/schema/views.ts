// Reads that span rooms. Each view belongs to the room that lists it. Columns are named here in full: drizzle's
// casing does not reach the columns of a view.
import { sql } from 'drizzle-orm';
import { bigint, boolean, integer, pgView, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { ThreadStatus, UsageSource } from '../../plugins/threads/schemas.ts';

const count = (name: string) => bigint(name, { mode: 'number' });
const money = (name: string) => bigint(name, { mode: 'bigint' });
const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** The billing month by the database's clock: the connection's time zone is the billing time zone. */
export const billingMonth = sql`date_trunc('month', now())::date`;

/** A living key with its money. */
export const keyOverview = pgView('key_overview', {
  id: count('id').notNull(),
  name: text('name').notNull(),
  email: text('email').notNull(),
  groupId: count('group_id'),
  role: text('role').$type<'user' | 'admin'>().notNull(),
  status: text('status').$type<'active' | 'disabled'>().notNull(),
  prefix: text('prefix').notNull(),
  last4: text('last4').notNull(),
  createdAt: moment('created_at').notNull(),
  updatedAt: moment('updated_at').notNull(),
  monthQuota: money('month_quota').notNull(),
  balance: money('balance').notNull(),
  totalFee: money('total_fee').notNull(),
  monthFee: money('month_fee').notNull(),
}).as(sql`
  select k.id, k.name, k.email, k.group_id, k.role, k.status, k.prefix, k.last4, k.created_at, k.updated_at,
    w.month_quota, w.balance, w.total_fee, coalesce(p.used, 0) as month_fee
  from virtual_key k
  join wallet w on w.key_id = k.id
  left join quota_period p on p.key_id = k.id and p.month = date_trunc('month', now())::date
  where k.deleted_at is null`);

/** What auth may know of a key: only living, active ones. */
export const keyCredential = pgView('key_credential', {
  id: count('id').notNull(),
  name: text('name').notNull(),
  role: text('role').$type<'user' | 'admin'>().notNull(),
  groupId: count('group_id'),
  digest: text('digest').notNull(),
}).as(sql`
  select id, name, role, group_id, digest from virtual_key where deleted_at is null and status = 'active'`);

/** An exchange: its money and what lists show of its text. */
export const threadOverview = pgView('thread_overview', {
  id: count('id').notNull(),
  exchangeId: uuid('exchange_id').notNull(),
  requestId: text('request_id').notNull(),
  keyId: count('key_id').notNull(),
  model: text('model').notNull(),
  isStreamed: boolean('is_streamed').notNull(),
  status: text('status').$type<ThreadStatus>().notNull(),
  usageSource: text('usage_source').$type<UsageSource>().notNull(),
  inputTokens: count('input_tokens').notNull(),
  outputTokens: count('output_tokens').notNull(),
  cacheReadTokens: count('cache_read_tokens').notNull(),
  cacheWrite5mTokens: count('cache_write_5m_tokens').notNull(),
  cacheWrite1hTokens: count('cache_write_1h_tokens').notNull(),
  priceInput: money('price_input').notNull(),
  priceOutput: money('price_output').notNull(),
  fee: money('fee').notNull(),
  firstByteMs: integer('first_byte_ms'),
  latencyMs: integer('latency_ms'),
  startedAt: moment('started_at').notNull(),
  sessionId: count('session_id'),
  promptHead: text('prompt_head'),
  completionHead: text('completion_head'),
}).as(sql`
  select u.id, u.exchange_id, u.request_id, u.key_id, u.model, u.is_streamed, u.status, u.usage_source,
    u.input_tokens, u.output_tokens, u.cache_read_tokens, u.cache_write_5m_tokens, u.cache_write_1h_tokens,
    u.price_input, u.price_output, u.fee, u.first_byte_ms, u.latency_ms, u.started_at,
    t.session_id, t.prompt_head, t.completion_head
  from usage u left join thread t using (exchange_id)`);

/** A session with the sums of its exchanges: always exact, because nothing is counted twice. */
export const sessionOverview = pgView('session_overview', {
  id: count('id').notNull(),
  keyId: count('key_id').notNull(),
  key: text('key').notNull(),
  title: text('title').notNull(),
  createdAt: moment('created_at').notNull(),
  updatedAt: moment('updated_at').notNull(),
  totalInTokens: count('total_in_tokens').notNull(),
  totalOutTokens: count('total_out_tokens').notNull(),
  totalFee: money('total_fee').notNull(),
}).as(sql`
  select s.id, s.key_id, s.key, s.title, s.created_at, s.updated_at,
    t.total_in_tokens, t.total_out_tokens, t.total_fee
  from session s
  cross join lateral (
    select
      coalesce(sum(u.input_tokens + u.cache_read_tokens + u.cache_write_5m_tokens + u.cache_write_1h_tokens), 0)::bigint as total_in_tokens,
      coalesce(sum(u.output_tokens), 0)::bigint as total_out_tokens,
      coalesce(sum(u.fee), 0)::bigint as total_fee
    from thread join usage u using (exchange_id)
    where thread.session_id = s.id
  ) t`);
