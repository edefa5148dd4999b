DROP VIEW "public"."reconcilable_usage";--> statement-breakpoint
DROP VIEW "public"."settled_exchange";--> statement-breakpoint
ALTER TABLE "usage" ADD COLUMN "kind" text DEFAULT 'chat' NOT NULL;--> statement-breakpoint
ALTER TABLE "usage" ADD COLUMN "images" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "usage" ADD COLUMN "price_image" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "usage" ADD CONSTRAINT "usage_kind" CHECK ("usage"."kind" in ('chat', 'embedding', 'image'));--> statement-breakpoint
CREATE VIEW "public"."reconcilable_usage" AS (
  select u.exchange_id, u.key_id, u.day, u.model, u.target, u.base_id, u.region, u.status, u.usage_source, u.is_quarantined,
    u.input_tokens, u.output_tokens, u.cache_read_tokens, u.cache_write_5m_tokens, u.cache_write_1h_tokens, u.images,
    u.price_input, u.price_output, u.price_cache_read, u.price_cache_write_5m, u.price_cache_write_1h,
    u.price_image, u.fee, u.correction, u.attempts, u.started_at
  from usage u);--> statement-breakpoint
CREATE VIEW "public"."settled_exchange" AS (
  select u.id, u.exchange_id, u.key_id, k.name as key_name, u.group_id, u.day, u.model, u.base_id, u.price_scope,
    u.service_tier, u.kind, u.usage_source, u.is_quarantined, u.input_tokens, u.output_tokens, u.cache_read_tokens,
    u.cache_write_5m_tokens, u.cache_write_1h_tokens, u.images, u.fee, u.correction, u.started_at
  from usage u join virtual_key k on k.id = u.key_id);