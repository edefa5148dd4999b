import { sql } from 'drizzle-orm';
import { bigint, check, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { identity, moment, money } from './columns.ts';

/** One correction of many charges: what was previewed, frozen, so that it can be interrupted and taken up again. */
export const repriceRun = pgTable(
  'reprice_run',
  {
    id: identity(),
    /** Digest of the plan that was previewed; the same plan is carried out once. */
    token: text().notNull().unique(),
    baseId: text().notNull(),
    scope: text().notNull(),
    tier: text().notNull(),
    startedFrom: moment().notNull(),
    /** Exclusive. */
    startedTo: moment().notNull(),
    reason: text().notNull(),
    actor: text().notNull(),
    requestId: text().notNull(),
    /** Exchanges whose charge changes, and the sum of the changes. */
    lineCount: integer().notNull(),
    total: money().notNull(),
    createdAt: moment().notNull().defaultNow(),
    /** Null: under way, or interrupted. */
    finishedAt: moment(),
  },
  (table) => [
    check('reprice_run_total', sql`${table.total} between -1000000000000000000 and 1000000000000000000`),
    check('reprice_run_range', sql`${table.startedFrom} < ${table.startedTo}`),
    index('reprice_run_unfinished').on(table.id).where(sql`${table.finishedAt} is null`),
  ],
);

/** An exchange whose charge a run changes. */
export const repriceLine = pgTable(
  'reprice_line',
  {
    runId: bigint({ mode: 'number' })
      .notNull()
      .references(() => repriceRun.id),
    exchangeId: uuid().notNull(),
    keyId: bigint({ mode: 'number' }).notNull(),
    groupId: bigint({ mode: 'number' }),
    /** What it had cost when the run was planned; if that has changed since, the line is skipped. */
    feeBefore: money().notNull(),
    difference: money().notNull(),
    state: text().$type<'waiting' | 'posted' | 'skipped'>().notNull().default('waiting'),
  },
  (table) => [
    primaryKey({ columns: [table.runId, table.exchangeId] }),
    check(
      'reprice_line_difference',
      sql`${table.difference} between -1000000000000000000 and 1000000000000000000`,
    ),
    check('reprice_line_state', sql`${table.state} in ('waiting', 'posted', 'skipped')`),
    // The next batch: one key and group at a time, because a transaction locks one wallet of each kind.
    index('reprice_line_waiting')
      .on(table.runId, table.keyId, table.groupId)
      .where(sql`${table.state} = 'waiting'`),
  ],
);
