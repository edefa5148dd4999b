CREATE TABLE "alert" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "alert_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"message_id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"starts_on" date NOT NULL,
	"threshold" integer NOT NULL,
	"is_announced" boolean NOT NULL,
	"key_id" bigint,
	"group_id" bigint,
	"window" text NOT NULL,
	"ends_at" timestamp (3) with time zone,
	"owner_name" text NOT NULL,
	"owner_email" text DEFAULT '' NOT NULL,
	"used" bigint NOT NULL,
	"limit_amount" bigint NOT NULL,
	"projected" bigint,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "alert_once" UNIQUE("subject","starts_on","kind","threshold"),
	CONSTRAINT "alert_kind" CHECK ("alert"."kind" in ('threshold', 'forecast', 'test')),
	CONSTRAINT "alert_used" CHECK ("alert"."used" between -1000000000000000000 and 1000000000000000000),
	CONSTRAINT "alert_limit" CHECK ("alert"."limit_amount" between 0 and 1000000000000000000),
	CONSTRAINT "alert_projected" CHECK ("alert"."projected" between 0 and 1000000000000000000)
);
--> statement-breakpoint
CREATE TABLE "alert_channel" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "alert_channel_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"url" text,
	"secret" text,
	"recipients" text[] DEFAULT '{}' NOT NULL,
	"notifies_owner" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "alert_channel_kind" CHECK ("alert_channel"."kind" in ('webhook', 'slack', 'feishu', 'email')),
	CONSTRAINT "alert_channel_status" CHECK ("alert_channel"."status" in ('active', 'disabled'))
);
--> statement-breakpoint
CREATE TABLE "alert_delivery" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "alert_delivery_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"alert_id" bigint NOT NULL,
	"channel_id" bigint NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"attempt_limit" integer NOT NULL,
	"next_attempt_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_error" text,
	"delivered_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "alert_delivery_once" UNIQUE("alert_id","channel_id"),
	CONSTRAINT "alert_delivery_state" CHECK ("alert_delivery"."state" in ('pending', 'delivered', 'failed'))
);
--> statement-breakpoint
ALTER TABLE "alert_delivery" ADD CONSTRAINT "alert_delivery_alert_id_alert_id_fk" FOREIGN KEY ("alert_id") REFERENCES "public"."alert"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert_delivery" ADD CONSTRAINT "alert_delivery_channel_id_alert_channel_id_fk" FOREIGN KEY ("channel_id") REFERENCES "public"."alert_channel"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "alert_announced" ON "alert" USING btree ("id") WHERE "alert"."is_announced";--> statement-breakpoint
CREATE INDEX "alert_delivery_due" ON "alert_delivery" USING btree ("next_attempt_at") WHERE "alert_delivery"."state" = 'pending';--> statement-breakpoint
CREATE VIEW "public"."watched_limit" AS (
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
  where b.limit_amount > 0 and k.deleted_at is null and g.deleted_at is null);