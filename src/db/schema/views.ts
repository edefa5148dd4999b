// Reads that span rooms. Each view belongs to the room that lists it. Columns are named here in full: drizzle's
// casing does not reach the columns of a view.
import { sql } from 'drizzle-orm';
import { bigint, boolean, date, integer, jsonb, pgView, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { ThreadStatus, UsageSource } from '../../plugins/threads/schemas.ts';
import type { KeyDefaults, LoggingMode } from './keys.ts';

const count = (name: string) => bigint(name, { mode: 'number' });
const money = (name: string) => bigint(name, { mode: 'bigint' });
const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** The billing month and day by the database's clock and the installation's calendar. */
export const billingMonth = sql`billing_month()`;
export const billingDay = sql`billing_day()`;

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
  held: money('held').notNull(),
  expiresAt: moment('expires_at'),
  previousExpiresAt: moment('previous_expires_at'),
  allowedCidrs: text('allowed_cidrs').array(),
  allowedModels: text('allowed_models').array(),
  logging: text('logging').$type<LoggingMode>().notNull(),
  defaults: jsonb('defaults').$type<KeyDefaults>().notNull(),
  requestsPerMinute: integer('requests_per_minute'),
  tokensPerMinute: integer('tokens_per_minute'),
  parallelRequests: integer('parallel_requests'),
}).as(sql`
  select k.id, k.name, k.email, k.group_id, k.role, k.status, k.prefix, k.last4, k.created_at, k.updated_at,
    w.month_quota, w.balance, w.total_fee, coalesce(p.used, 0) as month_fee, w.held, k.expires_at, k.previous_expires_at, k.allowed_cidrs,
    k.allowed_models, k.logging, k.defaults, k.requests_per_minute, k.tokens_per_minute, k.parallel_requests
  from virtual_key k
  join wallet w on w.key_id = k.id
  left join quota_period p on p.key_id = k.id and p.month = billing_month()
  where k.deleted_at is null`);

/**
 * What auth and admission may know of a key: only living, active ones, by the digest of each of its secrets. `goodUntil`:
 * when this credential ends by itself; the reader compares it, because it also ends while it is remembered.
 */
export const keyCredential = pgView('key_credential', {
  id: count('id').notNull(),
  name: text('name').notNull(),
  role: text('role').$type<'user' | 'admin'>().notNull(),
  digest: text('digest').notNull(),
  goodUntil: moment('good_until'),
  allowedCidrs: text('allowed_cidrs').array(),
  allowedModels: text('allowed_models').array(),
  logging: text('logging').$type<LoggingMode>().notNull(),
  defaults: jsonb('defaults').$type<KeyDefaults>().notNull(),
  requestsPerMinute: integer('requests_per_minute'),
  tokensPerMinute: integer('tokens_per_minute'),
  parallelRequests: integer('parallel_requests'),
  groupId: count('group_id'),
  groupAllowedModels: text('group_allowed_models').array(),
  groupRequestsPerMinute: integer('group_requests_per_minute'),
  groupTokensPerMinute: integer('group_tokens_per_minute'),
  groupParallelRequests: integer('group_parallel_requests'),
}).as(sql`
  select k.id, k.name, k.role, c.digest, c.good_until, k.allowed_cidrs, k.allowed_models, k.logging, k.defaults,
    k.requests_per_minute, k.tokens_per_minute, k.parallel_requests, k.group_id,
    g.allowed_models as group_allowed_models, g.requests_per_minute as group_requests_per_minute,
    g.tokens_per_minute as group_tokens_per_minute, g.parallel_requests as group_parallel_requests
  from (
    select id, digest, expires_at as good_until from virtual_key
    union all
    select id, previous_digest, least(expires_at, previous_expires_at) from virtual_key
  ) c
  join virtual_key k using (id)
  left join key_group g on g.id = k.group_id
  where k.deleted_at is null and k.status = 'active'`);

/** A living group and how many living keys are in it. */
export const groupOverview = pgView('group_overview', {
  id: count('id').notNull(),
  name: text('name').notNull(),
  description: text('description').notNull(),
  allowedModels: text('allowed_models').array(),
  requestsPerMinute: integer('requests_per_minute'),
  tokensPerMinute: integer('tokens_per_minute'),
  parallelRequests: integer('parallel_requests'),
  keyCount: integer('key_count').notNull(),
  createdAt: moment('created_at').notNull(),
  updatedAt: moment('updated_at').notNull(),
}).as(sql`
  select g.id, g.name, g.description, g.allowed_models, g.requests_per_minute, g.tokens_per_minute, g.parallel_requests,
    (select count(*)::int from virtual_key k where k.group_id = g.id and k.deleted_at is null) as key_count,
    g.created_at, g.updated_at
  from key_group g
  where g.deleted_at is null`);

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
  /** What it costs in the end: charged and corrected. */
  fee: money('fee').notNull(),
  correction: money('correction').notNull(),
  firstByteMs: integer('first_byte_ms'),
  latencyMs: integer('latency_ms'),
  startedAt: moment('started_at').notNull(),
  sessionId: count('session_id'),
  promptHead: text('prompt_head'),
  completionHead: text('completion_head'),
}).as(sql`
  select u.id, u.exchange_id, u.request_id, u.key_id, u.model, u.is_streamed, u.status, u.usage_source,
    u.input_tokens, u.output_tokens, u.cache_read_tokens, u.cache_write_5m_tokens, u.cache_write_1h_tokens,
    u.price_input, u.price_output, u.fee + u.correction as fee, u.correction, u.first_byte_ms, u.latency_ms, u.started_at,
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
      coalesce(sum(u.fee + u.correction), 0)::bigint as total_fee
    from thread join usage u using (exchange_id)
    where thread.session_id = s.id
  ) t`);

/** What re-pricing needs of a settled exchange: where its price stood, what it used, what it has cost so far. */
export const settledExchange = pgView('settled_exchange', {
  id: count('id').notNull(),
  exchangeId: uuid('exchange_id').notNull(),
  keyId: count('key_id').notNull(),
  keyName: text('key_name').notNull(),
  groupId: count('group_id'),
  day: date('day').notNull(),
  model: text('model').notNull(),
  baseId: text('base_id').notNull(),
  priceScope: text('price_scope').notNull(),
  serviceTier: text('service_tier').notNull(),
  usageSource: text('usage_source').$type<UsageSource>().notNull(),
  isQuarantined: boolean('is_quarantined').notNull(),
  inputTokens: count('input_tokens').notNull(),
  outputTokens: count('output_tokens').notNull(),
  cacheReadTokens: count('cache_read_tokens').notNull(),
  cacheWrite5mTokens: count('cache_write_5m_tokens').notNull(),
  cacheWrite1hTokens: count('cache_write_1h_tokens').notNull(),
  fee: money('fee').notNull(),
  correction: money('correction').notNull(),
  startedAt: moment('started_at').notNull(),
}).as(sql`
  select u.id, u.exchange_id, u.key_id, k.name as key_name, u.group_id, u.day, u.model, u.base_id, u.price_scope,
    u.service_tier, u.usage_source, u.is_quarantined, u.input_tokens, u.output_tokens, u.cache_read_tokens,
    u.cache_write_5m_tokens, u.cache_write_1h_tokens, u.fee, u.correction, u.started_at
  from usage u join virtual_key k on k.id = u.key_id`);
