DROP VIEW "public"."key_credential";--> statement-breakpoint
DROP VIEW "public"."key_overview";--> statement-breakpoint
DROP VIEW "public"."session_overview";--> statement-breakpoint
ALTER TABLE "session" DROP CONSTRAINT "session_once";--> statement-breakpoint
ALTER TABLE "virtual_key" ADD COLUMN "may_choose" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "model" ADD COLUMN "defaults" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "session" ADD COLUMN "origin" text DEFAULT 'header' NOT NULL;--> statement-breakpoint
ALTER TABLE "thread" ADD COLUMN "opening" text;--> statement-breakpoint
ALTER TABLE "thread_text" ADD COLUMN "whole_completion" text;--> statement-breakpoint
CREATE INDEX "thread_opening" ON "thread" USING btree ("opening") WHERE "thread"."opening" is not null;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_once" UNIQUE("key_id","origin","key");--> statement-breakpoint
ALTER TABLE "virtual_key" ADD CONSTRAINT "virtual_key_may_choose" CHECK ("virtual_key"."may_choose" <@ array['service_tier', 'latency', 'guardrail']);--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_origin" CHECK ("session"."origin" in ('header', 'claude-code', 'chat', 'cache', 'turns'));--> statement-breakpoint
CREATE VIEW "public"."key_credential" AS (
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
  where k.deleted_at is null and k.status = 'active');--> statement-breakpoint
CREATE VIEW "public"."key_overview" AS (
  select k.id, k.name, k.email, k.group_id, k.role, k.status, k.prefix, k.last4, k.created_at, k.updated_at,
    w.month_quota, w.balance, w.total_fee, coalesce(p.used, 0) as month_fee, w.held, k.expires_at, k.previous_expires_at, k.allowed_cidrs,
    k.allowed_models, k.logging, k.defaults, k.may_choose, k.requests_per_minute, k.tokens_per_minute,
    k.parallel_requests
  from virtual_key k
  join wallet w on w.key_id = k.id
  left join quota_period p on p.key_id = k.id and p.month = billing_month()
  where k.deleted_at is null);--> statement-breakpoint
CREATE VIEW "public"."session_overview" AS (
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
  ) t);