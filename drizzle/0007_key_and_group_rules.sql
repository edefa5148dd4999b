CREATE TABLE "exempt_secret" (
	"digest" text PRIMARY KEY NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
DROP VIEW "public"."key_credential";--> statement-breakpoint
CREATE VIEW "public"."group_overview" AS (
  select g.id, g.name, g.description, g.allowed_models, g.requests_per_minute, g.tokens_per_minute, g.parallel_requests,
    (select count(*)::int from virtual_key k where k.group_id = g.id and k.deleted_at is null) as key_count,
    g.created_at, g.updated_at
  from key_group g
  where g.deleted_at is null);--> statement-breakpoint
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
  where k.deleted_at is null and k.status = 'active');