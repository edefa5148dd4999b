// The outbox in PostgreSQL: what a sweep finds goes in once, with a delivery for every channel, in one statement.
// Raw SQL for what replicas do side by side, the query builder for lists.
import { and, asc, desc, eq, exists, ilike, type SQL } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { alert, alertDelivery } from '../../db/schema/alerts.ts';
import type { Money } from '../../lib/money.ts';
import { type Listing, likePattern, type Page } from '../../lib/page.ts';
import type { PeriodSoFar } from './forecast.ts';
import type { AlertKind, DeliveryState } from './schemas.ts';

export type AlertEntry = typeof alert.$inferSelect;

export interface ForecastCandidate extends PeriodSoFar {
  subject: string;
  /** ISO date. */
  startsOn: string;
}

export interface AlertFilter extends Page {
  /** Found in the owner's name. */
  q?: string | undefined;
  kind?: AlertKind | undefined;
  /** Of any of its deliveries. */
  state?: DeliveryState | undefined;
  isAscending: boolean;
}

export type AlertRepository = ReturnType<typeof createAlertRepository>;

export function createAlertRepository({ sql, db }: Pick<Database, 'sql' | 'db'>) {
  return {
    /**
     * Records every threshold that is crossed and was not before. Of those crossed together the highest is announced,
     * and only if no higher one was in this period.
     * @param thresholds percent
     * @returns how many were announced
     */
    async insertCrossed(thresholds: readonly number[], attemptLimit: number): Promise<number> {
      const [row] = await sql<[{ announced: number }]>`
        with crossed as materialized (
          select w.*, t.threshold, max(t.threshold) over (partition by w.subject) as highest
          from watched_limit w
          join unnest(string_to_array(${thresholds.join(',')}, ',')::int[]) as t (threshold)
            on w.used::numeric * 100 >= w.limit_amount::numeric * t.threshold
        ), fresh as (
          insert into alert (kind, subject, starts_on, threshold, is_announced, key_id, group_id, "window", ends_at,
            owner_name, owner_email, used, limit_amount)
          select 'threshold', c.subject, c.starts_on, c.threshold,
            c.threshold = c.highest and not exists (
              select from alert a where a.subject = c.subject and a.starts_on = c.starts_on and a.kind = 'threshold'
                and a.threshold > c.threshold),
            c.key_id, c.group_id, c."window", c.ends_at, c.owner_name, c.owner_email, c.used, c.limit_amount
          from crossed c
          where not exists (
            select from alert a where a.subject = c.subject and a.starts_on = c.starts_on and a.kind = 'threshold'
              and a.threshold = c.threshold)
          -- One order for all replicas, or two that wait for each other's rows would deadlock.
          order by c.subject, c.threshold
          on conflict on constraint alert_once do nothing
          returning id, is_announced
        ), deliveries as (
          insert into alert_delivery (alert_id, channel_id, attempt_limit)
          select f.id, c.id, ${attemptLimit}::int
          from fresh f cross join alert_channel c
          where f.is_announced and c.status = 'active' and c.deleted_at is null
        )
        select (count(*) filter (where is_announced))::int as announced from fresh`;
      return row.announced;
    },

    /** Months that may run over: a tenth is over, more than a tenth is used, and nothing was forecast yet. */
    async listForecastCandidates(): Promise<ForecastCandidate[]> {
      const rows = await sql<Record<keyof ForecastCandidate, string>[]>`
        select w.subject, w.starts_on::text as "startsOn", w.used, w.limit_amount as "limit",
          round(extract(epoch from now() - w.starts_at) * 1000)::bigint as "elapsedMs",
          round(extract(epoch from w.ends_at - w.starts_at) * 1000)::bigint as "lengthMs"
        from watched_limit w
        where w."window" = 'month' and w.used < w.limit_amount and w.used > w.limit_amount / 10
          and not exists (
            select from alert a where a.subject = w.subject and a.starts_on = w.starts_on and a.kind = 'forecast')`;
      return rows.map((row) => ({
        subject: row.subject,
        startsOn: row.startsOn,
        used: BigInt(row.used),
        limit: BigInt(row.limit),
        elapsedMs: Number(row.elapsedMs),
        lengthMs: Number(row.lengthMs),
      }));
    },

    /** @returns how many were announced */
    async insertForecasts(
      forecasts: readonly { subject: string; startsOn: string; projected: Money }[],
      attemptLimit: number,
    ): Promise<number> {
      const facts = forecasts.map((one) => ({ ...one, projected: String(one.projected) }));
      const [row] = await sql<[{ announced: number }]>`
        with fresh as (
          insert into alert (kind, subject, starts_on, threshold, is_announced, key_id, group_id, "window", ends_at,
            owner_name, owner_email, used, limit_amount, projected)
          select 'forecast', w.subject, w.starts_on, 100, true, w.key_id, w.group_id, w."window", w.ends_at,
            w.owner_name, w.owner_email, w.used, w.limit_amount, f.projected
          from jsonb_to_recordset(${JSON.stringify(facts)}::text::jsonb)
            as f (subject text, "startsOn" date, projected bigint)
          join watched_limit w on w.subject = f.subject and w.starts_on = f."startsOn" and w."window" = 'month'
          where w.used < w.limit_amount
          order by w.subject
          on conflict on constraint alert_once do nothing
          returning id
        ), deliveries as (
          insert into alert_delivery (alert_id, channel_id, attempt_limit)
          select f.id, c.id, ${attemptLimit}::int
          from fresh f cross join alert_channel c
          where c.status = 'active' and c.deleted_at is null
        )
        select count(*)::int as announced from fresh`;
      return row.announced;
    },

    async list(filter: AlertFilter): Promise<Listing<AlertEntry>> {
      const where = and(...conditions(filter));
      const items = await db
        .select()
        .from(alert)
        .where(where)
        .orderBy(filter.isAscending ? asc(alert.id) : desc(alert.id))
        .limit(filter.limit)
        .offset(filter.offset);
      return { items, total: await db.$count(alert, where) };
    },
  };

  function conditions({ q, kind, state }: AlertFilter): (SQL | undefined)[] {
    const delivered = (wanted: DeliveryState) =>
      db
        .select({ id: alertDelivery.id })
        .from(alertDelivery)
        .where(and(eq(alertDelivery.alertId, alert.id), eq(alertDelivery.state, wanted)));
    return [
      eq(alert.isAnnounced, true),
      kind === undefined ? undefined : eq(alert.kind, kind),
      q === undefined ? undefined : ilike(alert.ownerName, likePattern(q)),
      state === undefined ? undefined : exists(delivered(state)),
    ];
  }
}
