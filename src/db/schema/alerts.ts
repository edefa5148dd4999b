import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  date,
  index,
  integer,
  pgTable,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import type { AlertKind, ChannelKind, ChannelStatus, DeliveryState } from '../../plugins/alerts/schemas.ts';
import { identity, moment, money } from './columns.ts';

/**
 * The outbox: what there was to say about a quota or a budget, each thing once per period. Amounts and names are those
 * of the moment. No foreign keys: an alert outlives the budget it speaks of.
 */
export const alert = pgTable(
  'alert',
  {
    id: identity(),
    /** The same in every repeat of a message, so that a receiver can tell repeats. */
    messageId: uuid().notNull().defaultRandom(),
    kind: text().$type<AlertKind>().notNull(),
    /** What is watched: `quota:<key id>`, `budget:<budget id>`; `test:<uuid>` for a test message. */
    subject: text().notNull(),
    /** The period's row in quota_period or budget_period. */
    startsOn: date().notNull(),
    /** Percent of the limit. */
    threshold: integer().notNull(),
    /** False: passed together with a higher threshold, which was announced instead. */
    isAnnounced: boolean().notNull(),
    keyId: bigint({ mode: 'number' }),
    groupId: bigint({ mode: 'number' }),
    window: text().$type<'day' | 'month' | 'total'>().notNull(),
    /** End of the period; null: it has none. */
    endsAt: moment(),
    ownerName: text().notNull(),
    ownerEmail: text().notNull().default(''),
    used: money().notNull(),
    limitAmount: money().notNull(),
    /** What will be used at the period's end, if it goes on like this; only for a forecast. */
    projected: money(),
    createdAt: moment().notNull().defaultNow(),
  },
  (table) => [
    check('alert_kind', sql`${table.kind} in ('threshold', 'forecast', 'test')`),
    check('alert_used', sql`${table.used} between -1000000000000000000 and 1000000000000000000`),
    check('alert_limit', sql`${table.limitAmount} between 0 and 1000000000000000000`),
    check('alert_projected', sql`${table.projected} between 0 and 1000000000000000000`),
    // Whoever sweeps, however often: a second alert of the same meaning cannot exist.
    unique('alert_once').on(table.subject, table.startsOn, table.kind, table.threshold),
    index('alert_announced').on(table.id).where(sql`${table.isAnnounced}`),
  ],
);

/** Where alerts go. A deleted channel keeps its name for the history and loses address and secret. */
export const alertChannel = pgTable(
  'alert_channel',
  {
    id: identity(),
    name: text().notNull(),
    kind: text().$type<ChannelKind>().notNull(),
    status: text().$type<ChannelStatus>().notNull().default('active'),
    /** A secret by itself for `slack` and `feishu`: never shown whole. */
    url: text(),
    /** Signs what is sent; kept as it is, because signing needs it. */
    secret: text(),
    /** E-mail addresses. */
    recipients: text().array().notNull().default(sql`'{}'`),
    /** Also to the e-mail of the key that the alert is about. */
    notifiesOwner: boolean().notNull().default(false),
    createdAt: moment().notNull().defaultNow(),
    updatedAt: moment().notNull().defaultNow(),
    deletedAt: moment(),
  },
  (table) => [
    check('alert_channel_kind', sql`${table.kind} in ('webhook', 'slack', 'feishu', 'email')`),
    check('alert_channel_status', sql`${table.status} in ('active', 'disabled')`),
  ],
);

/** One alert on its way to one channel. */
export const alertDelivery = pgTable(
  'alert_delivery',
  {
    id: identity(),
    alertId: bigint({ mode: 'number' })
      .notNull()
      .references(() => alert.id),
    channelId: bigint({ mode: 'number' })
      .notNull()
      .references(() => alertChannel.id),
    state: text().$type<DeliveryState>().notNull().default('pending'),
    /** Tries begun; also tells a process that finishes late that its try is not the current one any more. */
    attempts: integer().notNull().default(0),
    attemptLimit: integer().notNull(),
    /** When it may be claimed. A claim moves it behind its lease, so that another process takes over from one that died. */
    nextAttemptAt: moment().notNull().defaultNow(),
    /** Why the last try failed; nothing of addresses or answers. */
    lastError: text(),
    deliveredAt: moment(),
    createdAt: moment().notNull().defaultNow(),
  },
  (table) => [
    check('alert_delivery_state', sql`${table.state} in ('pending', 'delivered', 'failed')`),
    unique('alert_delivery_once').on(table.alertId, table.channelId),
    index('alert_delivery_due').on(table.nextAttemptAt).where(sql`${table.state} = 'pending'`),
  ],
);
