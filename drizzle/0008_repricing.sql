CREATE TABLE "reprice_line" (
	"run_id" bigint NOT NULL,
	"exchange_id" uuid NOT NULL,
	"key_id" bigint NOT NULL,
	"group_id" bigint,
	"fee_before" bigint NOT NULL,
	"difference" bigint NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	CONSTRAINT "reprice_line_run_id_exchange_id_pk" PRIMARY KEY("run_id","exchange_id"),
	CONSTRAINT "reprice_line_difference" CHECK ("reprice_line"."difference" between -1000000000000000000 and 1000000000000000000),
	CONSTRAINT "reprice_line_state" CHECK ("reprice_line"."state" in ('waiting', 'posted', 'skipped'))
);
--> statement-breakpoint
CREATE TABLE "reprice_run" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "reprice_run_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"token" text NOT NULL,
	"base_id" text NOT NULL,
	"scope" text NOT NULL,
	"tier" text NOT NULL,
	"started_from" timestamp (3) with time zone NOT NULL,
	"started_to" timestamp (3) with time zone NOT NULL,
	"reason" text NOT NULL,
	"actor" text NOT NULL,
	"request_id" text NOT NULL,
	"line_count" integer NOT NULL,
	"total" bigint NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "reprice_run_token_unique" UNIQUE("token"),
	CONSTRAINT "reprice_run_total" CHECK ("reprice_run"."total" between -1000000000000000000 and 1000000000000000000),
	CONSTRAINT "reprice_run_range" CHECK ("reprice_run"."started_from" < "reprice_run"."started_to")
);
--> statement-breakpoint
ALTER TABLE "reprice_line" ADD CONSTRAINT "reprice_line_run_id_reprice_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."reprice_run"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "reprice_line_waiting" ON "reprice_line" USING btree ("run_id","key_id","group_id") WHERE "reprice_line"."state" = 'waiting';--> statement-breakpoint
CREATE INDEX "reprice_run_unfinished" ON "reprice_run" USING btree ("id") WHERE "reprice_run"."finished_at" is null;--> statement-breakpoint
CREATE VIEW "public"."settled_exchange" AS (
  select u.id, u.exchange_id, u.key_id, k.name as key_name, u.group_id, u.day, u.model, u.base_id, u.price_scope,
    u.service_tier, u.usage_source, u.is_quarantined, u.input_tokens, u.output_tokens, u.cache_read_tokens,
    u.cache_write_5m_tokens, u.cache_write_1h_tokens, u.fee, u.correction, u.started_at
  from usage u join virtual_key k on k.id = u.key_id);