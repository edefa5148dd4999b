DROP VIEW "public"."key_credential";--> statement-breakpoint
DROP VIEW "public"."key_overview";--> statement-breakpoint
DROP VIEW "public"."session_overview";--> statement-breakpoint
DROP VIEW "public"."thread_overview";--> statement-breakpoint
DROP INDEX "usage_started";--> statement-breakpoint
CREATE INDEX "usage_day" ON "usage" USING brin ("day");--> statement-breakpoint
CREATE VIEW "public"."key_credential" AS (
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
  where k.deleted_at is null and k.status = 'active' and (c.good_until is null or c.good_until > now()));--> statement-breakpoint
CREATE VIEW "public"."key_overview" AS (
  select k.id, k.name, k.email, k.group_id, k.role, k.status, k.prefix, k.last4, k.created_at, k.updated_at,
    w.month_quota, w.balance, w.total_fee, coalesce(p.used, 0) as month_fee, w.held, k.expires_at, k.previous_expires_at, k.allowed_cidrs,
    k.allowed_models, k.logging, k.defaults, k.requests_per_minute, k.tokens_per_minute, k.parallel_requests
  from virtual_key k
  join wallet w on w.key_id = k.id
  left join quota_period p on p.key_id = k.id and p.month = billing_month()
  where k.deleted_at is null);--> statement-breakpoint
CREATE VIEW "public"."session_overview" AS (
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
  ) t);--> statement-breakpoint
CREATE VIEW "public"."thread_overview" AS (
  select u.id, u.exchange_id, u.request_id, u.key_id, u.model, u.is_streamed, u.status, u.usage_source,
    u.input_tokens, u.output_tokens, u.cache_read_tokens, u.cache_write_5m_tokens, u.cache_write_1h_tokens,
    u.price_input, u.price_output, u.fee + u.correction as fee, u.correction, u.first_byte_ms, u.latency_ms, u.started_at,
    t.session_id, t.prompt_head, t.completion_head
  from usage u left join thread t using (exchange_id));