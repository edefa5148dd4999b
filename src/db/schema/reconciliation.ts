import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  date,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { ImportKind, ProposalKind, ProposalState } from '../../plugins/reconciliation/schemas.ts';
import { identity, moment, money } from './columns.ts';

const tokens = () => bigint({ mode: 'number' }).notNull();
/** Exact decimals of AWS's bill, which have more places than our money. */
const decimal = () => numeric({ precision: 38, scale: 18 });
const isBounded = (column: unknown) =>
  sql`${column} between -100000000000000000000 and 100000000000000000000`;

/** A file of AWS's that an administrator handed in. */
export const reconciliationImport = pgTable(
  'reconciliation_import',
  {
    id: identity(),
    kind: text().$type<ImportKind>().notNull(),
    name: text().notNull(),
    /** Hex, of the bytes as they came: the same file again is recognised. */
    sha256: text().notNull().unique(),
    bytes: tokens(),
    /** Files of one bill; of a month the newest bill counts. Its own id, or that of the file it adds to. */
    billId: bigint({ mode: 'number' }),
    rows: tokens(),
    kept: tokens(),
    /** What was found, counted; see `docs/reconciliation.md`. */
    facts: jsonb().$type<Record<string, unknown>>().notNull(),
    /** Of the records or lines; null: there are none. */
    startsAt: moment(),
    endsAt: moment(),
    actor: text().notNull(),
    requestId: text().notNull(),
    createdAt: moment().notNull().defaultNow(),
  },
  (table) => [
    check('reconciliation_import_kind', sql`${table.kind} in ('invocation-log', 'cur')`),
    index('reconciliation_import_bill').on(table.billId),
  ],
);

const importId = () =>
  bigint({ mode: 'number' })
    .notNull()
    .references(() => reconciliationImport.id, { onDelete: 'cascade' });

/** A call as AWS's invocation log has it. No prompt, no answer. */
export const invocationRecord = pgTable(
  'invocation_record',
  {
    id: identity(),
    importId: importId(),
    accountId: text().notNull(),
    region: text().notNull(),
    requestId: text().notNull(),
    at: moment().notNull(),
    operation: text().notNull(),
    modelId: text().notNull(),
    principal: text().notNull(),
    /** What the caller said in requestMetadata; a claim until an exchange of ours answers to it. */
    exchangeId: uuid(),
    keyId: bigint({ mode: 'number' }),
    errorCode: text(),
    inputTokens: tokens(),
    outputTokens: tokens(),
    cacheReadTokens: tokens(),
    cacheWriteTokens: tokens(),
    cacheWrite1hTokens: bigint('cache_write_1h_tokens', { mode: 'number' }),
  },
  (table) => [
    // The same call may stand in several files.
    unique('invocation_record_once').on(table.accountId, table.region, table.requestId),
    index('invocation_record_exchange').on(table.exchangeId).where(sql`${table.exchangeId} is not null`),
    index('invocation_record_request').on(table.requestId),
    index('invocation_record_at').on(table.at),
    index('invocation_record_import').on(table.importId),
  ],
);

/** Lines of a bill, added up to days. */
export const billLine = pgTable(
  'bill_line',
  {
    importId: importId(),
    /** Digest of all columns but the sums. */
    bucket: text().notNull(),
    branch: text().notNull(),
    period: text().notNull(),
    payer: text().notNull(),
    account: text().notNull(),
    /** UTC. */
    day: date().notNull(),
    granularity: text().notNull(),
    region: text().notNull(),
    lineType: text().notNull(),
    productCode: text().notNull(),
    usageType: text().notNull(),
    principal: text().notNull(),
    modelHint: text().notNull(),
    unit: text().notNull(),
    currency: text().notNull(),
    quantity: decimal().notNull(),
    cost: decimal().notNull(),
    netCost: decimal(),
    rows: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.importId, table.bucket] }),
    check('bill_line_quantity', isBounded(table.quantity)),
    check('bill_line_cost', isBounded(table.cost)),
    check('bill_line_net_cost', isBounded(table.netCost)),
    index('bill_line_day').on(table.day),
  ],
);

/** Four kinds, as the log counts them. */
export interface CountedTokens {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
}

/** A correction of an exchange's charge that the log suggests; an administrator posts it. */
export const reconciliationProposal = pgTable(
  'reconciliation_proposal',
  {
    id: identity(),
    importId: bigint({ mode: 'number' })
      .notNull()
      .references(() => reconciliationImport.id),
    kind: text().$type<ProposalKind>().notNull(),
    exchangeId: uuid().notNull(),
    keyId: bigint({ mode: 'number' }).notNull(),
    model: text().notNull(),
    /** When the exchange began. */
    at: moment().notNull(),
    ledgerTokens: jsonb().$type<CountedTokens>().notNull(),
    awsTokens: jsonb().$type<CountedTokens>().notNull(),
    /** What the exchange had cost, and what it costs by AWS's counts at its own frozen price. */
    chargedAmount: money().notNull(),
    awsAmount: money().notNull(),
    /** What posting charges more; negative: gives back. */
    amount: money().notNull(),
    state: text().$type<ProposalState>().notNull().default('proposed'),
    postedBy: text(),
    postedAt: moment(),
    createdAt: moment().notNull().defaultNow(),
  },
  (table) => [
    check('reconciliation_proposal_kind', sql`${table.kind} in ('usage_correction', 'reversal')`),
    check('reconciliation_proposal_state', sql`${table.state} in ('proposed', 'posted', 'superseded')`),
    check(
      'reconciliation_proposal_amount',
      sql`${table.amount} between -1000000000000000000 and 1000000000000000000`,
    ),
    uniqueIndex('reconciliation_proposal_open').on(table.exchangeId).where(sql`${table.state} = 'proposed'`),
    index('reconciliation_proposal_exchange').on(table.exchangeId),
    index('reconciliation_proposal_import').on(table.importId),
  ],
);
