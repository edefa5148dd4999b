// Reads that span rooms. Each view belongs to the room that lists it. Columns are named here in full: drizzle's
// casing does not reach the columns of a view.
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  date,
  integer,
  json,
  jsonb,
  pgView,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';
import type { RequestSetting } from '../../canonical/request-settings.ts';
import type { ThreadStatus, UsageSource } from '../../plugins/threads/schemas.ts';
import type { KeyDefaults, LoggingMode } from './keys.ts';
import type { ModelKind } from './models.ts';
import type { SessionOrigin } from './sessions.ts';

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
  mayChoose: text('may_choose').array().$type<RequestSetting[]>().notNull(),
  requestsPerMinute: integer('requests_per_minute'),
  tokensPerMinute: integer('tokens_per_minute'),
  parallelRequests: integer('parallel_requests'),
}).as(sql`
  select k.id, k.name, k.email, k.group_id, k.role, k.status, k.prefix, k.last4, k.created_at, k.updated_at,
    w.month_quota, w.balance, w.total_fee, coalesce(p.used, 0) as month_fee, w.held, k.expires_at, k.previous_expires_at, k.allowed_cidrs,
    k.allowed_models, k.logging, k.defaults, k.may_choose, k.requests_per_minute, k.tokens_per_minute,
    k.parallel_requests
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
  mayChoose: text('may_choose').array().$type<RequestSetting[]>().notNull(),
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
    k.may_choose, k.requests_per_minute, k.tokens_per_minute, k.parallel_requests, k.group_id,
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
  origin: text('origin').$type<SessionOrigin>().notNull(),
  title: text('title').notNull(),
  createdAt: moment('created_at').notNull(),
  updatedAt: moment('updated_at').notNull(),
  totalInTokens: count('total_in_tokens').notNull(),
  totalOutTokens: count('total_out_tokens').notNull(),
  totalFee: money('total_fee').notNull(),
}).as(sql`
  select s.id, s.key_id, s.key, s.origin, s.title, s.created_at, s.updated_at,
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
  kind: text('kind').$type<ModelKind>().notNull(),
  usageSource: text('usage_source').$type<UsageSource>().notNull(),
  isQuarantined: boolean('is_quarantined').notNull(),
  inputTokens: count('input_tokens').notNull(),
  outputTokens: count('output_tokens').notNull(),
  cacheReadTokens: count('cache_read_tokens').notNull(),
  cacheWrite5mTokens: count('cache_write_5m_tokens').notNull(),
  cacheWrite1hTokens: count('cache_write_1h_tokens').notNull(),
  images: integer('images').notNull(),
  fee: money('fee').notNull(),
  correction: money('correction').notNull(),
  startedAt: moment('started_at').notNull(),
}).as(sql`
  select u.id, u.exchange_id, u.key_id, k.name as key_name, u.group_id, u.day, u.model, u.base_id, u.price_scope,
    u.service_tier, u.kind, u.usage_source, u.is_quarantined, u.input_tokens, u.output_tokens, u.cache_read_tokens,
    u.cache_write_5m_tokens, u.cache_write_1h_tokens, u.images, u.fee, u.correction, u.started_at
  from usage u join virtual_key k on k.id = u.key_id`);

/**
 * Every quota and budget that limits anything now, with what its current period has used. The periods are worked out
 * once, not per row. `subject` names what is limited: `quota:<key id>` or `budget:<budget id>`.
 */
export const watchedLimit = pgView('watched_limit', {
  subject: text('subject').notNull(),
  keyId: count('key_id'),
  groupId: count('group_id'),
  ownerName: text('owner_name').notNull(),
  ownerEmail: text('owner_email').notNull(),
  window: text('window').$type<'day' | 'month' | 'total'>().notNull(),
  startsOn: date('starts_on').notNull(),
  startsAt: moment('starts_at'),
  endsAt: moment('ends_at'),
  used: money('used').notNull(),
  limitAmount: money('limit_amount').notNull(),
}).as(sql`
  with calendar as materialized (
    select coalesce(max(time_zone), 'UTC') as zone, coalesce(max(anchor_day), 1) - 1 as days from installation where id = 1
  ), period as materialized (
    select w."window", budget_starts_on(w."window") as starts_on,
      case w."window"
        when 'day' then budget_starts_on('day')::timestamp at time zone c.zone
        when 'month' then (budget_starts_on('month') + c.days)::timestamp at time zone c.zone
      end as starts_at,
      case w."window"
        when 'day' then (budget_starts_on('day') + 1)::timestamp at time zone c.zone
        when 'month' then (budget_starts_on('month') + interval '1 month' + c.days * interval '1 day') at time zone c.zone
      end as ends_at
    from calendar c cross join (values ('day'), ('month'), ('total')) as w ("window")
  )
  select 'quota:' || q.key_id as subject, q.key_id, null::bigint as group_id, k.name as owner_name,
    k.email as owner_email, p."window", p.starts_on, p.starts_at, p.ends_at, q.used, q.quota_limit as limit_amount
  from period p
  join quota_period q on q.month = p.starts_on
  join virtual_key k on k.id = q.key_id
  where p."window" = 'month' and q.quota_limit > 0 and k.deleted_at is null
  union all
  select 'budget:' || b.id, b.key_id, b.group_id, coalesce(k.name, g.name), coalesce(k.email, ''), p."window",
    p.starts_on, p.starts_at, p.ends_at, u.used, b.limit_amount
  from period p
  join budget b on b."window" = p."window"
  join budget_period u on u.budget_id = b.id and u.starts_on = p.starts_on
  left join virtual_key k on k.id = b.key_id
  left join key_group g on g.id = b.group_id
  where b.limit_amount > 0 and k.deleted_at is null and g.deleted_at is null`);

/** What reconciliation compares with AWS's log and bill: the money row of an exchange, and where it was sent. */
export const reconcilableUsage = pgView('reconcilable_usage', {
  exchangeId: uuid('exchange_id').notNull(),
  keyId: count('key_id').notNull(),
  /** The billing day: narrows a search by `startedAt`. */
  day: date('day').notNull(),
  model: text('model').notNull(),
  target: text('target').notNull(),
  baseId: text('base_id').notNull(),
  region: text('region').notNull(),
  status: text('status').$type<ThreadStatus>().notNull(),
  usageSource: text('usage_source').$type<UsageSource>().notNull(),
  isQuarantined: boolean('is_quarantined').notNull(),
  inputTokens: count('input_tokens').notNull(),
  outputTokens: count('output_tokens').notNull(),
  cacheReadTokens: count('cache_read_tokens').notNull(),
  cacheWrite5mTokens: count('cache_write_5m_tokens').notNull(),
  cacheWrite1hTokens: count('cache_write_1h_tokens').notNull(),
  images: integer('images').notNull(),
  priceInput: money('price_input').notNull(),
  priceOutput: money('price_output').notNull(),
  priceCacheRead: money('price_cache_read').notNull(),
  priceCacheWrite5m: money('price_cache_write_5m').notNull(),
  priceCacheWrite1h: money('price_cache_write_1h').notNull(),
  priceImage: money('price_image').notNull(),
  /** As it was settled, and the sum of all corrections. */
  fee: money('fee').notNull(),
  correction: money('correction').notNull(),
  attempts: json('attempts').notNull(),
  startedAt: moment('started_at').notNull(),
}).as(sql`
  select u.exchange_id, u.key_id, u.day, u.model, u.target, u.base_id, u.region, u.status, u.usage_source, u.is_quarantined,
    u.input_tokens, u.output_tokens, u.cache_read_tokens, u.cache_write_5m_tokens, u.cache_write_1h_tokens, u.images,
    u.price_input, u.price_output, u.price_cache_read, u.price_cache_write_5m, u.price_cache_write_1h,
    u.price_image, u.fee, u.correction, u.attempts, u.started_at
  from usage u`);

/** Corrections of what an exchange used; refunds, which are a favour, left out. */
export const exchangeAdjustment = pgView('exchange_adjustment', {
  exchangeId: uuid('exchange_id'),
  /** Positive: charged more. */
  amount: money('amount').notNull(),
}).as(sql`
  select exchange_id, quota_change - balance_change as amount from ledger
  where kind = 'adjustment' and exchange_id is not null`);

/** The names that AWS may use for a model of the catalogue. */
export const modelIdentity = pgView('model_identity', {
  name: text('name').notNull(),
  target: text('target').notNull(),
  baseId: text('base_id').notNull(),
  displayName: text('display_name').notNull(),
}).as(sql`select name, target, base_id, display_name from model`);
