CREATE TABLE "audit_log" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audit_log_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"target" text NOT NULL,
	"before" jsonb,
	"after" jsonb,
	"request_id" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "budget" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "budget_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"key_id" bigint,
	"group_id" bigint,
	"window" text NOT NULL,
	"limit_amount" bigint NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "budget_once_per_key" UNIQUE("key_id","window"),
	CONSTRAINT "budget_once_per_group" UNIQUE("group_id","window"),
	CONSTRAINT "budget_owner" CHECK (("budget"."key_id" is null) <> ("budget"."group_id" is null)),
	CONSTRAINT "budget_window" CHECK ("budget"."window" in ('day', 'month', 'total')),
	CONSTRAINT "budget_limit" CHECK ("budget"."limit_amount" between 0 and 1000000000000000000)
);
--> statement-breakpoint
CREATE TABLE "budget_period" (
	"budget_id" bigint NOT NULL,
	"starts_on" date NOT NULL,
	"used" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "budget_period_budget_id_starts_on_pk" PRIMARY KEY("budget_id","starts_on")
);
--> statement-breakpoint
CREATE TABLE "group_wallet" (
	"group_id" bigint PRIMARY KEY NOT NULL,
	"held" bigint DEFAULT 0 NOT NULL,
	"total_fee" bigint DEFAULT 0 NOT NULL,
	"revision" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "group_wallet_held" CHECK ("group_wallet"."held" between 0 and 1000000000000000000)
);
--> statement-breakpoint
CREATE TABLE "idempotency" (
	"actor" text NOT NULL,
	"idempotency_key" text NOT NULL,
	"fingerprint" text NOT NULL,
	"answer" json NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_actor_idempotency_key_pk" PRIMARY KEY("actor","idempotency_key")
);
--> statement-breakpoint
ALTER TABLE "ledger" DROP CONSTRAINT "ledger_kind";--> statement-breakpoint
ALTER TABLE "price" DROP CONSTRAINT "price_range";--> statement-breakpoint
DROP INDEX "ledger_once";--> statement-breakpoint
ALTER TABLE "installation" ADD COLUMN "time_zone" text DEFAULT 'UTC' NOT NULL;--> statement-breakpoint
ALTER TABLE "installation" ADD COLUMN "anchor_day" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "hold" ADD COLUMN "group_id" bigint;--> statement-breakpoint
ALTER TABLE "hold" ADD COLUMN "day" date;--> statement-breakpoint
UPDATE "hold" SET "day" = "created_at"::date;--> statement-breakpoint
ALTER TABLE "hold" ALTER COLUMN "day" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "hold" ADD COLUMN "answer_bytes" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "ledger" ADD COLUMN "day" date;--> statement-breakpoint
-- The ledger only grows; its triggers step aside once, for the column that earlier charges lack.
ALTER TABLE "ledger" DISABLE TRIGGER USER;--> statement-breakpoint
UPDATE "ledger" SET "day" = "created_at"::date WHERE "kind" = 'usage';--> statement-breakpoint
ALTER TABLE "ledger" ENABLE TRIGGER USER;--> statement-breakpoint
ALTER TABLE "ledger" ADD COLUMN "group_id" bigint;--> statement-breakpoint
ALTER TABLE "ledger" ADD COLUMN "counterpart_key_id" bigint;--> statement-breakpoint
ALTER TABLE "ledger" ADD COLUMN "reference" text;--> statement-breakpoint
ALTER TABLE "payment" ADD COLUMN "expires_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "payment" ADD COLUMN "expired_amount" bigint;--> statement-breakpoint
ALTER TABLE "usage" ADD COLUMN "group_id" bigint;--> statement-breakpoint
ALTER TABLE "usage" ADD COLUMN "day" date;--> statement-breakpoint
UPDATE "usage" SET "day" = "started_at"::date;--> statement-breakpoint
ALTER TABLE "usage" ALTER COLUMN "day" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "usage" ADD COLUMN "region" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "usage" ADD COLUMN "base_id" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "usage" ADD COLUMN "price_scope" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "usage" ADD COLUMN "service_tier" text DEFAULT 'standard' NOT NULL;--> statement-breakpoint
ALTER TABLE "usage" ADD COLUMN "context_tokens" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "usage" ADD COLUMN "attempts" json DEFAULT '[]'::json NOT NULL;--> statement-breakpoint
ALTER TABLE "usage" ADD COLUMN "correction" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "wallet" ADD COLUMN "revision" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "key_group" ADD COLUMN "description" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "key_group" ADD COLUMN "allowed_models" text[];--> statement-breakpoint
ALTER TABLE "key_group" ADD COLUMN "requests_per_minute" integer;--> statement-breakpoint
ALTER TABLE "key_group" ADD COLUMN "tokens_per_minute" integer;--> statement-breakpoint
ALTER TABLE "key_group" ADD COLUMN "parallel_requests" integer;--> statement-breakpoint
ALTER TABLE "key_group" ADD COLUMN "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "key_group" ADD COLUMN "deleted_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "virtual_key" ADD COLUMN "expires_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "virtual_key" ADD COLUMN "previous_digest" text;--> statement-breakpoint
ALTER TABLE "virtual_key" ADD COLUMN "previous_expires_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "virtual_key" ADD COLUMN "allowed_cidrs" text[];--> statement-breakpoint
ALTER TABLE "virtual_key" ADD COLUMN "allowed_models" text[];--> statement-breakpoint
ALTER TABLE "virtual_key" ADD COLUMN "logging" text DEFAULT 'full' NOT NULL;--> statement-breakpoint
ALTER TABLE "virtual_key" ADD COLUMN "defaults" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "virtual_key" ADD COLUMN "requests_per_minute" integer;--> statement-breakpoint
ALTER TABLE "virtual_key" ADD COLUMN "tokens_per_minute" integer;--> statement-breakpoint
ALTER TABLE "virtual_key" ADD COLUMN "parallel_requests" integer;--> statement-breakpoint
ALTER TABLE "model" ADD COLUMN "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "price" ADD COLUMN "image" bigint;--> statement-breakpoint
ALTER TABLE "price" ADD COLUMN "embedding" bigint;--> statement-breakpoint
ALTER TABLE "price" ADD COLUMN "actor" text DEFAULT 'seed' NOT NULL;--> statement-breakpoint
ALTER TABLE "budget" ADD CONSTRAINT "budget_key_id_virtual_key_id_fk" FOREIGN KEY ("key_id") REFERENCES "public"."virtual_key"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "budget" ADD CONSTRAINT "budget_group_id_key_group_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."key_group"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "budget_period" ADD CONSTRAINT "budget_period_budget_id_budget_id_fk" FOREIGN KEY ("budget_id") REFERENCES "public"."budget"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "group_wallet" ADD CONSTRAINT "group_wallet_group_id_key_group_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."key_group"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_log_target" ON "audit_log" USING btree ("target","id");--> statement-breakpoint
CREATE INDEX "audit_log_actor" ON "audit_log" USING btree ("actor","id");--> statement-breakpoint
CREATE INDEX "audit_log_created" ON "audit_log" USING brin ("created_at");--> statement-breakpoint
CREATE INDEX "idempotency_created" ON "idempotency" USING btree ("created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "ledger_reference" ON "ledger" USING btree ("reference") WHERE "ledger"."reference" is not null;--> statement-breakpoint
CREATE INDEX "ledger_exchange" ON "ledger" USING btree ("exchange_id") WHERE "ledger"."kind" in ('refund', 'adjustment');--> statement-breakpoint
CREATE INDEX "ledger_group" ON "ledger" USING btree ("group_id","id") WHERE "ledger"."group_id" is not null;--> statement-breakpoint
CREATE INDEX "ledger_created" ON "ledger" USING brin ("created_at");--> statement-breakpoint
CREATE INDEX "payment_expiry" ON "payment" USING btree ("expires_at") WHERE "payment"."expires_at" is not null and "payment"."expired_amount" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "ledger_once" ON "ledger" USING btree ("exchange_id") WHERE "ledger"."kind" = 'usage';--> statement-breakpoint
ALTER TABLE "virtual_key" ADD CONSTRAINT "virtual_key_previousDigest_unique" UNIQUE("previous_digest");--> statement-breakpoint
ALTER TABLE "installation" ADD CONSTRAINT "installation_anchor_day" CHECK ("installation"."anchor_day" between 1 and 28);--> statement-breakpoint
ALTER TABLE "ledger" ADD CONSTRAINT "ledger_kind" CHECK ("ledger"."kind" in ('usage', 'recharge', 'refund', 'adjustment', 'expiry', 'transfer'));--> statement-breakpoint
ALTER TABLE "key_group" ADD CONSTRAINT "key_group_limits" CHECK ("key_group"."requests_per_minute" > 0 and "key_group"."tokens_per_minute" > 0 and "key_group"."parallel_requests" > 0);--> statement-breakpoint
ALTER TABLE "virtual_key" ADD CONSTRAINT "virtual_key_logging" CHECK ("virtual_key"."logging" in ('off', 'metadata', 'full'));--> statement-breakpoint
ALTER TABLE "virtual_key" ADD CONSTRAINT "virtual_key_limits" CHECK ("virtual_key"."requests_per_minute" > 0 and "virtual_key"."tokens_per_minute" > 0 and "virtual_key"."parallel_requests" > 0);--> statement-breakpoint
ALTER TABLE "price" ADD CONSTRAINT "price_range" CHECK ("price"."input" between 0 and 1000000000000000 and "price"."output" between 0 and 1000000000000000 and "price"."cache_read" between 0 and 1000000000000000 and "price"."cache_write_5m" between 0 and 1000000000000000 and "price"."cache_write_1h" between 0 and 1000000000000000 and "price"."image" between 0 and 1000000000000000 and "price"."embedding" between 0 and 1000000000000000);