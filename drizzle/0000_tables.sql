CREATE TABLE "console_session" (
	"token_digest" text PRIMARY KEY NOT NULL,
	"key_id" bigint,
	"key_digest" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "installation" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"pepper_fingerprint" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "hold" (
	"exchange_id" uuid PRIMARY KEY NOT NULL,
	"key_id" bigint NOT NULL,
	"month" date NOT NULL,
	"amount" bigint NOT NULL,
	"owner" uuid NOT NULL,
	"facts" json NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "hold_amount" CHECK ("hold"."amount" between 0 and 1000000000000000000)
);
--> statement-breakpoint
CREATE TABLE "ledger" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "ledger_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"key_id" bigint NOT NULL,
	"kind" text NOT NULL,
	"balance_change" bigint NOT NULL,
	"quota_change" bigint DEFAULT 0 NOT NULL,
	"month" date,
	"exchange_id" uuid,
	"actor" text NOT NULL,
	"reason" text DEFAULT '' NOT NULL,
	"request_id" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "ledger_kind" CHECK ("ledger"."kind" in ('usage', 'recharge'))
);
--> statement-breakpoint
CREATE TABLE "payment" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "payment_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"key_id" bigint NOT NULL,
	"ledger_id" bigint NOT NULL,
	"amount" bigint NOT NULL,
	"balance_after" bigint NOT NULL,
	"actor" text NOT NULL,
	"reason" text DEFAULT '' NOT NULL,
	"idempotency_key" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "payment_once" UNIQUE("actor","idempotency_key")
);
--> statement-breakpoint
CREATE TABLE "process_lease" (
	"owner" uuid PRIMARY KEY NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "quota_period" (
	"key_id" bigint NOT NULL,
	"month" date NOT NULL,
	"quota_limit" bigint NOT NULL,
	"used" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "quota_period_key_id_month_pk" PRIMARY KEY("key_id","month"),
	CONSTRAINT "quota_period_limit" CHECK ("quota_period"."quota_limit" between 0 and 1000000000000000000),
	CONSTRAINT "quota_period_used" CHECK ("quota_period"."used" between 0 and 1000000000000000000)
);
--> statement-breakpoint
CREATE TABLE "usage" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "usage_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"exchange_id" uuid NOT NULL,
	"request_id" text NOT NULL,
	"key_id" bigint NOT NULL,
	"model" text NOT NULL,
	"target" text NOT NULL,
	"is_streamed" boolean NOT NULL,
	"status" text NOT NULL,
	"usage_source" text NOT NULL,
	"is_quarantined" boolean DEFAULT false NOT NULL,
	"input_tokens" bigint NOT NULL,
	"output_tokens" bigint NOT NULL,
	"cache_read_tokens" bigint NOT NULL,
	"cache_write_5m_tokens" bigint NOT NULL,
	"cache_write_1h_tokens" bigint NOT NULL,
	"price_input" bigint NOT NULL,
	"price_output" bigint NOT NULL,
	"price_cache_read" bigint NOT NULL,
	"price_cache_write_5m" bigint NOT NULL,
	"price_cache_write_1h" bigint NOT NULL,
	"fee" bigint NOT NULL,
	"quota_part" bigint NOT NULL,
	"hold_amount" bigint NOT NULL,
	"first_byte_ms" integer,
	"latency_ms" integer,
	"started_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "usage_exchangeId_unique" UNIQUE("exchange_id"),
	CONSTRAINT "usage_fee" CHECK ("usage"."fee" between 0 and 1000000000000000000)
);
--> statement-breakpoint
CREATE TABLE "wallet" (
	"key_id" bigint PRIMARY KEY NOT NULL,
	"balance" bigint DEFAULT 0 NOT NULL,
	"held" bigint DEFAULT 0 NOT NULL,
	"month_quota" bigint DEFAULT 0 NOT NULL,
	"total_fee" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "wallet_balance" CHECK ("wallet"."balance" between -1000000000000000000 and 1000000000000000000),
	CONSTRAINT "wallet_held" CHECK ("wallet"."held" between 0 and 1000000000000000000),
	CONSTRAINT "wallet_month_quota" CHECK ("wallet"."month_quota" between 0 and 1000000000000000000)
);
--> statement-breakpoint
CREATE TABLE "key_group" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "key_group_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "virtual_key" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "virtual_key_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"email" text DEFAULT '' NOT NULL,
	"group_id" bigint,
	"role" text DEFAULT 'user' NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"digest" text NOT NULL,
	"prefix" text NOT NULL,
	"last4" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "virtual_key_digest_unique" UNIQUE("digest"),
	CONSTRAINT "virtual_key_role" CHECK ("virtual_key"."role" in ('user', 'admin')),
	CONSTRAINT "virtual_key_status" CHECK ("virtual_key"."status" in ('active', 'disabled'))
);
--> statement-breakpoint
CREATE TABLE "model" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "model_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"target" text NOT NULL,
	"base_id" text NOT NULL,
	"price_scope" text NOT NULL,
	"region" text,
	"display_name" text NOT NULL,
	"vendor" text NOT NULL,
	"context_tokens" integer NOT NULL,
	"max_output_tokens" integer NOT NULL,
	"capabilities" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"is_retired" boolean DEFAULT false NOT NULL,
	"is_free" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "model_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "price" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "price_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"base_id" text NOT NULL,
	"scope" text NOT NULL,
	"tier" text DEFAULT 'standard' NOT NULL,
	"over_input_tokens" integer DEFAULT 0 NOT NULL,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"input" bigint NOT NULL,
	"output" bigint NOT NULL,
	"cache_read" bigint,
	"cache_write_5m" bigint,
	"cache_write_1h" bigint,
	"source" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "price_once" UNIQUE("base_id","scope","tier","over_input_tokens","valid_from"),
	CONSTRAINT "price_range" CHECK ("price"."input" between 0 and 1000000000000000 and "price"."output" between 0 and 1000000000000000)
);
--> statement-breakpoint
CREATE TABLE "session" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "session_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"key_id" bigint NOT NULL,
	"key" text NOT NULL,
	"title" text DEFAULT '' NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "session_once" UNIQUE("key_id","key")
);
--> statement-breakpoint
CREATE TABLE "thread" (
	"exchange_id" uuid PRIMARY KEY NOT NULL,
	"session_id" bigint,
	"prompt_head" text NOT NULL,
	"completion_head" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "thread_text" (
	"exchange_id" uuid PRIMARY KEY NOT NULL,
	"prompt" text NOT NULL,
	"completion" text NOT NULL,
	"whole_prompt" text
);
--> statement-breakpoint
ALTER TABLE "console_session" ADD CONSTRAINT "console_session_key_id_virtual_key_id_fk" FOREIGN KEY ("key_id") REFERENCES "public"."virtual_key"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payment" ADD CONSTRAINT "payment_key_id_virtual_key_id_fk" FOREIGN KEY ("key_id") REFERENCES "public"."virtual_key"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payment" ADD CONSTRAINT "payment_ledger_id_ledger_id_fk" FOREIGN KEY ("ledger_id") REFERENCES "public"."ledger"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "quota_period" ADD CONSTRAINT "quota_period_key_id_virtual_key_id_fk" FOREIGN KEY ("key_id") REFERENCES "public"."virtual_key"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "wallet" ADD CONSTRAINT "wallet_key_id_virtual_key_id_fk" FOREIGN KEY ("key_id") REFERENCES "public"."virtual_key"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "virtual_key" ADD CONSTRAINT "virtual_key_group_id_key_group_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."key_group"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_key_id_virtual_key_id_fk" FOREIGN KEY ("key_id") REFERENCES "public"."virtual_key"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "thread" ADD CONSTRAINT "thread_session_id_session_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."session"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "console_session_expiry" ON "console_session" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "ledger_once" ON "ledger" USING btree ("exchange_id","kind");--> statement-breakpoint
CREATE INDEX "ledger_key" ON "ledger" USING btree ("key_id","id");--> statement-breakpoint
CREATE INDEX "payment_key" ON "payment" USING btree ("key_id","id");--> statement-breakpoint
CREATE INDEX "usage_key" ON "usage" USING btree ("key_id","id");--> statement-breakpoint
CREATE INDEX "usage_started" ON "usage" USING brin ("started_at");--> statement-breakpoint
CREATE INDEX "virtual_key_group" ON "virtual_key" USING btree ("group_id");--> statement-breakpoint
CREATE INDEX "session_key" ON "session" USING btree ("key_id","id");--> statement-breakpoint
CREATE INDEX "thread_session" ON "thread" USING btree ("session_id");--> statement-breakpoint
CREATE VIEW "public"."key_credential" AS (
  select id, name, role, group_id, digest from virtual_key where deleted_at is null and status = 'active');--> statement-breakpoint
CREATE VIEW "public"."key_overview" AS (
  select k.id, k.name, k.email, k.group_id, k.role, k.status, k.prefix, k.last4, k.created_at, k.updated_at,
    w.month_quota, w.balance, w.total_fee, coalesce(p.used, 0) as month_fee
  from virtual_key k
  join wallet w on w.key_id = k.id
  left join quota_period p on p.key_id = k.id and p.month = date_trunc('month', now())::date
  where k.deleted_at is null);--> statement-breakpoint
CREATE VIEW "public"."session_overview" AS (
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
  ) t);--> statement-breakpoint
CREATE VIEW "public"."thread_overview" AS (
  select u.id, u.exchange_id, u.request_id, u.key_id, u.model, u.is_streamed, u.status, u.usage_source,
    u.input_tokens, u.output_tokens, u.cache_read_tokens, u.cache_write_5m_tokens, u.cache_write_1h_tokens,
    u.price_input, u.price_output, u.fee, u.first_byte_ms, u.latency_ms, u.started_at,
    t.session_id, t.prompt_head, t.completion_head
  from usage u left join thread t using (exchange_id));