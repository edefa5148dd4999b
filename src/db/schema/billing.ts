import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  date,
  index,
  integer,
  json,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { ThreadStatus, UsageSource } from '../../plugins/threads/schemas.ts';
import { identity, moment, money } from './columns.ts';
import { key } from './keys.ts';

const keyId = () =>
  bigint({ mode: 'number' })
    .notNull()
    .references(() => key.id);

/**
 * The same, without a foreign key: on the tables every request writes, checking it would cost a lookup and a shared
 * lock on the key's row each time. Keys are never removed, only marked as deleted.
 */
const hotKeyId = () => bigint({ mode: 'number' }).notNull();

/** Upper bound of every amount, 1e8 USD: `numeric` overflow and absurd sums stop here. */
const within = (column: unknown) => sql`${column} between -1000000000000000000 and 1000000000000000000`;

/**
 * One per key. Every statement that touches wallets locks them first, in key order, or batches deadlock.
 * held = sum of the key's open holds; balance = sum of its ledger entries.
 */
export const wallet = pgTable(
  'wallet',
  {
    keyId: keyId().primaryKey(),
    balance: money().notNull().default(sql`0`),
    held: money().notNull().default(sql`0`),
    /** The limit a new month starts with. */
    monthQuota: money().notNull().default(sql`0`),
    /** Everything ever charged. */
    totalFee: money().notNull().default(sql`0`),
  },
  (table) => [
    check('wallet_balance', within(table.balance)),
    check('wallet_held', sql`${table.held} between 0 and 1000000000000000000`),
    check('wallet_month_quota', sql`${table.monthQuota} between 0 and 1000000000000000000`),
  ],
);

/** A key's quota in one calendar month of the billing time zone; made on first use, so no job resets it. */
export const quotaPeriod = pgTable(
  'quota_period',
  {
    keyId: keyId(),
    month: date().notNull(),
    quotaLimit: money().notNull(),
    used: money().notNull().default(sql`0`),
  },
  (table) => [
    primaryKey({ columns: [table.keyId, table.month] }),
    check('quota_period_limit', sql`${table.quotaLimit} between 0 and 1000000000000000000`),
    check('quota_period_used', sql`${table.used} between 0 and 1000000000000000000`),
  ],
);

/** The durable reservation of the most a request can cost; gone when it is settled. */
export const hold = pgTable(
  'hold',
  {
    exchangeId: uuid().primaryKey(),
    keyId: hotKeyId(),
    /** The quota month it was admitted in; frozen. */
    month: date().notNull(),
    amount: money().notNull(),
    /** The process that will settle it; see process_lease. */
    owner: uuid().notNull(),
    /** What another replica needs to settle it when its process has died. */
    facts: json().notNull(),
    createdAt: moment().notNull().defaultNow(),
  },
  (table) => [check('hold_amount', sql`${table.amount} between 0 and 1000000000000000000`)],
);

/** A process that lives renews its lease; the holds of one whose lease ran out are orphans. */
export const processLease = pgTable('process_lease', {
  owner: uuid().primaryKey(),
  expiresAt: moment().notNull(),
});

/** Every movement of money, append-only (a trigger refuses UPDATE, DELETE and TRUNCATE). */
export const ledger = pgTable(
  'ledger',
  {
    id: identity(),
    keyId: hotKeyId(),
    kind: text().$type<'usage' | 'recharge'>().notNull(),
    /** Change of the balance; spending is negative. */
    balanceChange: money().notNull(),
    /** Change of the month's used quota; spending is positive. */
    quotaChange: money().notNull().default(sql`0`),
    month: date(),
    exchangeId: uuid(),
    actor: text().notNull(),
    reason: text().notNull().default(''),
    requestId: text().notNull(),
    createdAt: moment().notNull().defaultNow(),
  },
  (table) => [
    check('ledger_kind', sql`${table.kind} in ('usage', 'recharge')`),
    // A replayed settlement cannot charge twice, whatever the code above it does.
    uniqueIndex('ledger_once').on(table.exchangeId, table.kind),
    index('ledger_key').on(table.keyId, table.id),
  ],
);

/** A recharge as people see it; its ledger entry is written in the same transaction. */
export const payment = pgTable(
  'payment',
  {
    id: identity(),
    keyId: keyId(),
    ledgerId: bigint({ mode: 'number' })
      .notNull()
      .references(() => ledger.id),
    amount: money().notNull(),
    balanceAfter: money().notNull(),
    actor: text().notNull(),
    reason: text().notNull().default(''),
    idempotencyKey: text(),
    createdAt: moment().notNull().defaultNow(),
  },
  (table) => [
    unique('payment_once').on(table.actor, table.idempotencyKey),
    index('payment_key').on(table.keyId, table.id),
  ],
);

/** The money row of a thread: exactly one per admitted request. No user text, so text can never stop billing. */
export const usage = pgTable(
  'usage',
  {
    /** The thread's id on the wire. */
    id: identity(),
    exchangeId: uuid().notNull().unique(),
    requestId: text().notNull(),
    keyId: hotKeyId(),
    model: text().notNull(),
    target: text().notNull(),
    isStreamed: boolean().notNull(),
    status: text().$type<ThreadStatus>().notNull(),
    usageSource: text().$type<UsageSource>().notNull(),
    /** True: the upstream reported nonsense; charged at the hold. */
    isQuarantined: boolean().notNull().default(false),
    inputTokens: bigint({ mode: 'number' }).notNull(),
    outputTokens: bigint({ mode: 'number' }).notNull(),
    cacheReadTokens: bigint({ mode: 'number' }).notNull(),
    cacheWrite5mTokens: bigint('cache_write_5m_tokens', { mode: 'number' }).notNull(),
    cacheWrite1hTokens: bigint('cache_write_1h_tokens', { mode: 'number' }).notNull(),
    /** USD per million tokens, as charged. */
    priceInput: money().notNull(),
    priceOutput: money().notNull(),
    priceCacheRead: money().notNull(),
    priceCacheWrite5m: money('price_cache_write_5m').notNull(),
    priceCacheWrite1h: money('price_cache_write_1h').notNull(),
    fee: money().notNull(),
    quotaPart: money().notNull(),
    holdAmount: money().notNull(),
    firstByteMs: integer(),
    latencyMs: integer(),
    startedAt: moment().notNull(),
    endedAt: moment().notNull().defaultNow(),
  },
  (table) => [
    check('usage_fee', sql`${table.fee} between 0 and 1000000000000000000`),
    index('usage_key').on(table.keyId, table.id),
    // Statistics of a month read a contiguous part of the table.
    index('usage_started').using('brin', table.startedAt),
  ],
);
