CREATE TABLE "bill_line" (
	"import_id" bigint NOT NULL,
	"bucket" text NOT NULL,
	"branch" text NOT NULL,
	"period" text NOT NULL,
	"payer" text NOT NULL,
	"account" text NOT NULL,
	"day" date NOT NULL,
	"granularity" text NOT NULL,
	"region" text NOT NULL,
	"line_type" text NOT NULL,
	"product_code" text NOT NULL,
	"usage_type" text NOT NULL,
	"principal" text NOT NULL,
	"model_hint" text NOT NULL,
	"unit" text NOT NULL,
	"currency" text NOT NULL,
	"quantity" numeric(38, 18) NOT NULL,
	"cost" numeric(38, 18) NOT NULL,
	"net_cost" numeric(38, 18),
	"rows" integer NOT NULL,
	CONSTRAINT "bill_line_import_id_bucket_pk" PRIMARY KEY("import_id","bucket"),
	CONSTRAINT "bill_line_quantity" CHECK ("bill_line"."quantity" between -100000000000000000000 and 100000000000000000000),
	CONSTRAINT "bill_line_cost" CHECK ("bill_line"."cost" between -100000000000000000000 and 100000000000000000000),
	CONSTRAINT "bill_line_net_cost" CHECK ("bill_line"."net_cost" between -100000000000000000000 and 100000000000000000000)
);
--> statement-breakpoint
CREATE TABLE "invocation_record" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "invocation_record_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"import_id" bigint NOT NULL,
	"account_id" text NOT NULL,
	"region" text NOT NULL,
	"request_id" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"operation" text NOT NULL,
	"model_id" text NOT NULL,
	"principal" text NOT NULL,
	"exchange_id" uuid,
	"key_id" bigint,
	"error_code" text,
	"input_tokens" bigint NOT NULL,
	"output_tokens" bigint NOT NULL,
	"cache_read_tokens" bigint NOT NULL,
	"cache_write_tokens" bigint NOT NULL,
	"cache_write_1h_tokens" bigint,
	CONSTRAINT "invocation_record_once" UNIQUE("account_id","region","request_id")
);
--> statement-breakpoint
CREATE TABLE "reconciliation_import" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "reconciliation_import_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"sha256" text NOT NULL,
	"bytes" bigint NOT NULL,
	"bill_id" bigint,
	"rows" bigint NOT NULL,
	"kept" bigint NOT NULL,
	"facts" jsonb NOT NULL,
	"starts_at" timestamp (3) with time zone,
	"ends_at" timestamp (3) with time zone,
	"actor" text NOT NULL,
	"request_id" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "reconciliation_import_sha256_unique" UNIQUE("sha256"),
	CONSTRAINT "reconciliation_import_kind" CHECK ("reconciliation_import"."kind" in ('invocation-log', 'cur'))
);
--> statement-breakpoint
CREATE TABLE "reconciliation_proposal" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "reconciliation_proposal_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"import_id" bigint NOT NULL,
	"kind" text NOT NULL,
	"exchange_id" uuid NOT NULL,
	"key_id" bigint NOT NULL,
	"model" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"ledger_tokens" jsonb NOT NULL,
	"aws_tokens" jsonb NOT NULL,
	"charged_amount" bigint NOT NULL,
	"aws_amount" bigint NOT NULL,
	"amount" bigint NOT NULL,
	"state" text DEFAULT 'proposed' NOT NULL,
	"posted_by" text,
	"posted_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "reconciliation_proposal_kind" CHECK ("reconciliation_proposal"."kind" in ('usage_correction', 'reversal')),
	CONSTRAINT "reconciliation_proposal_state" CHECK ("reconciliation_proposal"."state" in ('proposed', 'posted', 'superseded')),
	CONSTRAINT "reconciliation_proposal_amount" CHECK ("reconciliation_proposal"."amount" between -1000000000000000000 and 1000000000000000000)
);
--> statement-breakpoint
ALTER TABLE "bill_line" ADD CONSTRAINT "bill_line_import_id_reconciliation_import_id_fk" FOREIGN KEY ("import_id") REFERENCES "public"."reconciliation_import"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invocation_record" ADD CONSTRAINT "invocation_record_import_id_reconciliation_import_id_fk" FOREIGN KEY ("import_id") REFERENCES "public"."reconciliation_import"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reconciliation_proposal" ADD CONSTRAINT "reconciliation_proposal_import_id_reconciliation_import_id_fk" FOREIGN KEY ("import_id") REFERENCES "public"."reconciliation_import"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "bill_line_day" ON "bill_line" USING btree ("day");--> statement-breakpoint
CREATE INDEX "invocation_record_exchange" ON "invocation_record" USING btree ("exchange_id") WHERE "invocation_record"."exchange_id" is not null;--> statement-breakpoint
CREATE INDEX "invocation_record_request" ON "invocation_record" USING btree ("request_id");--> statement-breakpoint
CREATE INDEX "invocation_record_at" ON "invocation_record" USING btree ("at");--> statement-breakpoint
CREATE INDEX "invocation_record_import" ON "invocation_record" USING btree ("import_id");--> statement-breakpoint
CREATE INDEX "reconciliation_import_bill" ON "reconciliation_import" USING btree ("bill_id");--> statement-breakpoint
CREATE UNIQUE INDEX "reconciliation_proposal_open" ON "reconciliation_proposal" USING btree ("exchange_id") WHERE "reconciliation_proposal"."state" = 'proposed';--> statement-breakpoint
CREATE INDEX "reconciliation_proposal_exchange" ON "reconciliation_proposal" USING btree ("exchange_id");--> statement-breakpoint
CREATE INDEX "reconciliation_proposal_import" ON "reconciliation_proposal" USING btree ("import_id");--> statement-breakpoint
CREATE VIEW "public"."exchange_adjustment" AS (
  select exchange_id, quota_change - balance_change as amount from ledger
  where kind = 'adjustment' and exchange_id is not null);--> statement-breakpoint
CREATE VIEW "public"."model_identity" AS (select name, target, base_id, display_name from model);--> statement-breakpoint
CREATE VIEW "public"."reconcilable_usage" AS (
  select u.exchange_id, u.key_id, u.day, u.model, u.target, u.base_id, u.region, u.status, u.usage_source, u.is_quarantined,
    u.input_tokens, u.output_tokens, u.cache_read_tokens, u.cache_write_5m_tokens, u.cache_write_1h_tokens,
    u.price_input, u.price_output, u.price_cache_read, u.price_cache_write_5m, u.price_cache_write_1h,
    u.fee, u.correction, u.attempts, u.started_at
  from usage u);