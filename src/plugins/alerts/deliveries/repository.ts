// Deliveries in PostgreSQL: who sends which now, and how it went. Raw SQL for what replicas do side by side.
import { asc, eq, inArray, sql as text } from 'drizzle-orm';
import type { Database, Transaction } from '../../../db/client.ts';
import { alert, alertChannel, alertDelivery } from '../../../db/schema/alerts.ts';
import { billingDay } from '../../../db/schema/views.ts';
import { type AlertFacts, watchedOf } from '../messages/alert-text.ts';
import type { AlertKind, DeliveryState } from '../schemas.ts';
import type { Destination } from './senders.ts';

export interface DeliveryEntry {
  alertId: number;
  channelId: number;
  channel: string;
  kind: Destination['kind'];
  state: DeliveryState;
  attempts: number;
  nextAttemptAt: Date;
  lastError: string | null;
  deliveredAt: Date | null;
}

/** A delivery that this process has claimed until its lease ends. */
export interface ClaimedDelivery {
  id: number;
  alertId: number;
  channelId: number;
  /** The number of this try, from 1. */
  attempt: number;
  attemptLimit: number;
  isChannelActive: boolean;
  alert: AlertFacts;
  destination: Destination;
}

export type DeliveryRepository = ReturnType<typeof createDeliveryRepository>;

export function createDeliveryRepository({ sql, db }: Pick<Database, 'sql' | 'db'>) {
  return {
    /** A message that only says that the channel works: one try, claimed from the start by whoever asked for it. */
    async insertTest(tx: Transaction, channelId: number, messageId: string, leaseMs: number) {
      const [entry] = await tx
        .insert(alert)
        .values({
          messageId,
          kind: 'test',
          subject: `test:${messageId}`,
          startsOn: billingDay as never,
          threshold: 0,
          isAnnounced: true,
          window: 'total',
          ownerName: '',
          used: 0n,
          limitAmount: 0n,
        })
        .returning();
      if (entry === undefined) throw new Error('an insert returned nothing');
      const [delivery] = await tx
        .insert(alertDelivery)
        .values({
          alertId: entry.id,
          channelId,
          attempts: 1,
          attemptLimit: 1,
          nextAttemptAt: afterMs(leaseMs),
        })
        .returning({ id: alertDelivery.id });
      if (delivery === undefined) throw new Error('an insert returned nothing');
      return { alert: entry, deliveryId: delivery.id };
    },

    /**
     * Takes up to `most` deliveries that are due, first tries before repeats; nobody else gets them for `leaseMs`.
     * Those whose last try ended with its process are marked as failed.
     */
    async claim(most: number, leaseMs: number): Promise<ClaimedDelivery[]> {
      await sql`
        update alert_delivery set state = 'failed', last_error = 'the process died during the last try'
        where state = 'pending' and attempts >= attempt_limit and next_attempt_at <= now()`;
      const rows = await sql<ClaimRow[]>`
        with due as materialized (
          select id from alert_delivery
          where state = 'pending' and next_attempt_at <= now() and attempts < attempt_limit
          order by attempts, next_attempt_at, id
          limit ${most}::int
          for update skip locked
        )
        update alert_delivery d
        set attempts = d.attempts + 1, next_attempt_at = now() + ${leaseMs}::int * interval '1 millisecond'
        from due, alert a, alert_channel c
        where d.id = due.id and a.id = d.alert_id and c.id = d.channel_id
        returning d.id, d.alert_id, d.channel_id, d.attempts, d.attempt_limit,
          c.status = 'active' and c.deleted_at is null as is_active, c.kind as channel_kind, c.url, c.secret,
          array_to_json(c.recipients) as recipients, case when c.notifies_owner then a.owner_email else '' end as owner_email,
          a.message_id, a.kind, a.subject, a.threshold, a.key_id, a.group_id, a.owner_name, a."window",
          a.starts_on::text as starts_on, a.ends_at, a.used, a.limit_amount, a.projected, a.created_at`;
      return rows.map(toClaimed);
    },

    /** Writes down how a try ended, unless another process has taken over since. */
    async finish(
      { id, attempt }: Pick<ClaimedDelivery, 'id' | 'attempt'>,
      end: { state: DeliveryState; error: string | null; pauseMs: number },
    ): Promise<void> {
      await sql`
        update alert_delivery
        set state = ${end.state}, last_error = ${end.error},
          delivered_at = case when ${end.state} = 'delivered' then now() end,
          next_attempt_at = now() + ${end.pauseMs}::bigint * interval '1 millisecond'
        where id = ${id} and attempts = ${attempt} and state = 'pending'`;
    },

    async listOf(alertIds: readonly number[]): Promise<DeliveryEntry[]> {
      if (alertIds.length === 0) return [];
      return db
        .select({
          alertId: alertDelivery.alertId,
          channelId: alertDelivery.channelId,
          channel: alertChannel.name,
          kind: alertChannel.kind,
          state: alertDelivery.state,
          attempts: alertDelivery.attempts,
          nextAttemptAt: alertDelivery.nextAttemptAt,
          lastError: alertDelivery.lastError,
          deliveredAt: alertDelivery.deliveredAt,
        })
        .from(alertDelivery)
        .innerJoin(alertChannel, eq(alertChannel.id, alertDelivery.channelId))
        .where(inArray(alertDelivery.alertId, [...alertIds]))
        .orderBy(asc(alertDelivery.id));
    },
  };
}

const afterMs = (ms: number) => text`now() + ${ms}::int * interval '1 millisecond'`;

/** As postgres.js hands it over: int8 and times are texts. */
interface ClaimRow {
  id: string;
  alert_id: string;
  channel_id: string;
  attempts: number;
  attempt_limit: number;
  is_active: boolean;
  channel_kind: Destination['kind'];
  url: string | null;
  secret: string | null;
  recipients: string[];
  owner_email: string;
  message_id: string;
  kind: AlertKind;
  subject: string;
  threshold: number;
  key_id: string | null;
  group_id: string | null;
  owner_name: string;
  window: AlertFacts['window'];
  starts_on: string;
  ends_at: string | null;
  used: string;
  limit_amount: string;
  projected: string | null;
  created_at: string;
}

function toClaimed(row: ClaimRow): ClaimedDelivery {
  const { url, secret, recipients } = row;
  return {
    id: Number(row.id),
    alertId: Number(row.alert_id),
    channelId: Number(row.channel_id),
    attempt: row.attempts,
    attemptLimit: row.attempt_limit,
    isChannelActive: row.is_active,
    destination: { kind: row.channel_kind, url, secret, recipients, ownerEmail: row.owner_email || null },
    alert: {
      messageId: row.message_id,
      kind: row.kind,
      watched: watchedOf(row.subject),
      threshold: row.threshold,
      keyId: row.key_id === null ? null : Number(row.key_id),
      groupId: row.group_id === null ? null : Number(row.group_id),
      ownerName: row.owner_name,
      window: row.window,
      startsOn: row.starts_on,
      endsAt: row.ends_at === null ? null : new Date(row.ends_at),
      used: BigInt(row.used),
      limit: BigInt(row.limit_amount),
      projected: row.projected === null ? null : BigInt(row.projected),
      createdAt: new Date(row.created_at),
    },
  };
}
