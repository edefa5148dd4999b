-- The billing calendar of this installation, so that no connection's own time zone can decide a month.
CREATE FUNCTION billing_day(at timestamptz DEFAULT now()) RETURNS date LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT (at AT TIME ZONE time_zone)::date FROM installation WHERE id = 1), (at AT TIME ZONE 'UTC')::date)
$$;--> statement-breakpoint
-- A billing month bears the name of the calendar month it begins in, as that month's first day.
CREATE FUNCTION billing_month(day date DEFAULT billing_day()) RETURNS date LANGUAGE sql STABLE AS $$
  SELECT date_trunc('month', (day - coalesce((SELECT anchor_day - 1 FROM installation WHERE id = 1), 0))::timestamp)::date
$$;--> statement-breakpoint
-- The row of budget_period that a day belongs to.
CREATE FUNCTION budget_starts_on("window" text, day date DEFAULT billing_day()) RETURNS date LANGUAGE sql STABLE AS $$
  SELECT CASE "window" WHEN 'day' THEN day WHEN 'month' THEN billing_month(day) ELSE date '1970-01-01' END
$$;--> statement-breakpoint
-- A group has a wallet from its first moment, so that every statement can lock it.
INSERT INTO "group_wallet" ("group_id") SELECT "id" FROM "key_group";--> statement-breakpoint
CREATE FUNCTION refuse_audit_log_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only: % refused', TG_OP USING ERRCODE = 'integrity_constraint_violation';
END
$$;--> statement-breakpoint
CREATE TRIGGER audit_log_is_append_only BEFORE UPDATE OR DELETE ON "audit_log" FOR EACH ROW EXECUTE FUNCTION refuse_audit_log_change();--> statement-breakpoint
CREATE TRIGGER audit_log_is_never_truncated BEFORE TRUNCATE ON "audit_log" FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_log_change();
