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
import { group } from './groups.ts';
import { key } from './keys.ts';
import type { ModelKind } from './models.ts';

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
    /** Everything ever charged, corrections included. */
    totalFee: money().notNull().default(sql`0`),
    /** Grows when a budget of the key comes or goes: tells a statement that waited for the lock that it saw old ones. */
    revision: integer().notNull().default(0),
  },
  (table) => [
    check('wallet_balance', within(table.balance)),
    check('wallet_held', sql`${table.held} between 0 and 1000000000000000000`),
    check('wallet_month_quota', sql`${table.monthQuota} between 0 and 1000000000000000000`),
  ],
);

/** The same for a group: one per group, locked after the wallets, in group order. */
export const groupWallet = pgTable(
  'group_wallet',
  {
    groupId: bigint({ mode: 'number' })
      .primaryKey()
      .references(() => group.id),
    held: money().notNull().default(sql`0`),
    totalFee: money().notNull().default(sql`0`),
    revision: integer().notNull().default(0),
  },
  (table) => [check('group_wallet_held', sql`${table.held} between 0 and 1000000000000000000`)],
);

export type BudgetWindow = 'day' | 'month' | 'total';

/**
 * A ceiling on what a key or a group may spend, from quota and balance together. Apart from the month quota, which is
 * money to spend, not a ceiling.
 */
export const budget = pgTable(
  'budget',
  {
    id: identity(),
    /** Exactly one of the two is set. */
    keyId: bigint({ mode: 'number' }).references(() => key.id),
    groupId: bigint({ mode: 'number' }).references(() => group.id),
    window: text().$type<BudgetWindow>().notNull(),
    limitAmount: money().notNull(),
    createdAt: moment().notNull().defaultNow(),
    updatedAt: moment().notNull().defaultNow(),
  },
  (table) => [
    check('budget_owner', sql`(${table.keyId} is null) <> (${table.groupId} is null)`),
    check('budget_window', sql`${table.window} in ('day', 'month', 'total')`),
    check('budget_limit', sql`${table.limitAmount} between 0 and 1000000000000000000`),
    unique('budget_once_per_key').on(table.keyId, table.window),
    unique('budget_once_per_group').on(table.groupId, table.window),
  ],
);

/** What a budget has used in one of its windows; made on first use. `used` = sum of the ledger's spending in it. */
export const budgetPeriod = pgTable(
  'budget_period',
  {
    budgetId: bigint({ mode: 'number' })
      .notNull()
      .references(() => budget.id, { onDelete: 'cascade' }),
    /** The day; the month as its first day; 1970-01-01 for the window `total`. */
    startsOn: date().notNull(),
    used: money().notNull().default(sql`0`),
  },
  (table) => [primaryKey({ columns: [table.budgetId, table.startsOn] })],
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
    /** The group whose budgets it counts against; frozen. */
    groupId: bigint({ mode: 'number' }),
    /** The quota month and the billing day it was admitted in; frozen. */
    month: date().notNull(),
    day: date().notNull(),
    amount: money().notNull(),
    /** The process that will settle it; see process_lease. */
    owner: uuid().notNull(),
    /** What another replica needs to settle it when its process has died. */
    facts: json().notNull(),
    /** Bytes of answer at the last progress checkpoint. */
    answerBytes: bigint({ mode: 'number' }).notNull().default(0),
    createdAt: moment().notNull().defaultNow(),
  },
  (table) => [check('hold_amount', sql`${table.amount} between 0 and 1000000000000000000`)],
);

/** A process that lives renews its lease; the holds of one whose lease ran out are orphans. */
export const processLease = pgTable('process_lease', {
  owner: uuid().primaryKey(),
  expiresAt: moment().notNull(),
});

/**
 * - `usage`: an exchange was charged; `refund`, `adjustment` with an exchange: its charge was corrected
 * - `recharge`, `expiry` (of a prepaid amount), `transfer` (one entry per side), `adjustment` without an exchange:
 *   the balance changed
 */
export type LedgerKind = 'usage' | 'recharge' | 'refund' | 'adjustment' | 'expiry' | 'transfer';

/** Every movement of money, append-only (a trigger refuses UPDATE, DELETE and TRUNCATE). */
export const ledger = pgTable(
  'ledger',
  {
    id: identity(),
    keyId: hotKeyId(),
    kind: text().$type<LedgerKind>().notNull(),
    /** Change of the balance; spending is negative. */
    balanceChange: money().notNull(),
    /** Change of the month's used quota; spending is positive. */
    quotaChange: money().notNull().default(sql`0`),
    month: date(),
    /** The billing day and the group whose budgets a charge, or its correction, counts against. */
    day: date(),
    groupId: bigint({ mode: 'number' }),
    exchangeId: uuid(),
    /** The other side of a transfer. */
    counterpartKeyId: bigint({ mode: 'number' }),
    /** Names the one reason that automatic entry may have, so that doing it again does nothing. */
    reference: text(),
    actor: text().notNull(),
    reason: text().notNull().default(''),
    requestId: text().notNull(),
    createdAt: moment().notNull().defaultNow(),
  },
  (table) => [
    check(
      'ledger_kind',
      sql`${table.kind} in ('usage', 'recharge', 'refund', 'adjustment', 'expiry', 'transfer')`,
    ),
    // A replayed settlement cannot charge twice, whatever the code above it does.
    uniqueIndex('ledger_once').on(table.exchangeId).where(sql`${table.kind} = 'usage'`),
    uniqueIndex('ledger_reference').on(table.reference).where(sql`${table.reference} is not null`),
    index('ledger_exchange').on(table.exchangeId).where(sql`${table.kind} in ('refund', 'adjustment')`),
    index('ledger_group').on(table.groupId, table.id).where(sql`${table.groupId} is not null`),
    index('ledger_created').using('brin', table.createdAt),
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
    /** Prepaid money that lapses: what is left of it then is taken back. Null: never. */
    expiresAt: moment(),
    /** What had lapsed when its time came; null: it has not come. */
    expiredAmount: money(),
    createdAt: moment().notNull().defaultNow(),
  },
  (table) => [
    index('payment_expiry')
      .on(table.expiresAt)
      .where(sql`${table.expiresAt} is not null and ${table.expiredAmount} is null`),
    index('payment_key').on(table.keyId, table.id),
  ],
);

/** What a money route answered to an `Idempotency-Key`, so that a repeat moves nothing and answers the same. */
export const idempotency = pgTable(
  'idempotency',
  {
    actor: text().notNull(),
    idempotencyKey: text().notNull(),
    /** Digest of route and body: the same key for something else is a conflict. */
    fingerprint: text().notNull(),
    answer: json().notNull(),
    createdAt: moment().notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.actor, table.idempotencyKey] }),
    index('idempotency_created').on(table.createdAt),
  ],
);

/** One try at an upstream, as a receipt shows it. */
export interface Attempt {
  /** Model id, inference profile or ARN. */
  target: string;
  region: string;
  /** `served`, or the kind of the upstream error. */
  outcome: string;
  /** AWS's x-amzn-requestid. */
  upstreamRequestId: string | null;
  /** Ms from its start to its end. */
  latencyMs: number | null;
}

/** The money row of a thread: exactly one per admitted request. No user text, so text can never stop billing. */
export const usage = pgTable(
  'usage',
  {
    /** The thread's id on the wire. */
    id: identity(),
    exchangeId: uuid().notNull().unique(),
    requestId: text().notNull(),
    keyId: hotKeyId(),
    groupId: bigint({ mode: 'number' }),
    /** The billing day it was admitted in. */
    day: date().notNull(),
    model: text().notNull(),
    target: text().notNull(),
    region: text().notNull().default(''),
    /** Where in the price book its price stands. */
    baseId: text().notNull().default(''),
    priceScope: text().notNull().default(''),
    serviceTier: text().notNull().default('standard'),
    /** What it was: which of a price's parts it is charged by. */
    kind: text().$type<ModelKind>().notNull().default('chat'),
    contextTokens: integer().notNull().default(0),
    attempts: json().$type<Attempt[]>().notNull().default([]),
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
    /** Pictures made. */
    images: integer().notNull().default(0),
    /** USD per million tokens, as charged. */
    priceInput: money().notNull(),
    priceOutput: money().notNull(),
    priceCacheRead: money().notNull(),
    priceCacheWrite5m: money('price_cache_write_5m').notNull(),
    priceCacheWrite1h: money('price_cache_write_1h').notNull(),
    /** USD per picture. */
    priceImage: money().notNull().default(sql`0`),
    fee: money().notNull(),
    quotaPart: money().notNull(),
    /** Sum of the ledger's refunds and adjustments for it; what it costs in the end is fee + correction. */
    correction: money().notNull().default(sql`0`),
    holdAmount: money().notNull(),
    firstByteMs: integer(),
    latencyMs: integer(),
    startedAt: moment().notNull(),
    endedAt: moment().notNull().defaultNow(),
  },
  (table) => [
    check('usage_kind', sql`${table.kind} in ('chat', 'embedding', 'image')`),
    check('usage_fee', sql`${table.fee} between 0 and 1000000000000000000`),
    index('usage_key').on(table.keyId, table.id),
    // Statistics, re-pricing and reconciliation of some days read a contiguous part of the table.
    index('usage_day').using('brin', table.day),
  ],
);
