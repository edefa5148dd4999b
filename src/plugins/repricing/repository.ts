import { and, asc, desc, eq, gt, gte, inArray, isNull, lt, type SQL, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client.ts';
import { repriceLine, repriceRun } from '../../db/schema/repricing.ts';
import { settledExchange } from '../../db/schema/views.ts';
import type { Listing, Page } from '../../lib/page.ts';
import type { RepriceLine, RepricePlan, RepriceRange, SettledExchange } from './plan.ts';

export interface NewRun {
  range: RepriceRange;
  plan: RepricePlan;
  reason: string;
  actor: string;
  requestId: string;
}

export type Run = typeof repriceRun.$inferSelect & { posted: number; skipped: number };
export type LineState = typeof repriceLine.$inferSelect.state;

const PAGE_ROWS = 2_000;
/** An insert carries at most 65,535 parameters, six per line. */
const INSERT_ROWS = 5_000;
/** How long one transaction keeps a wallet: about a tenth of a second. */
const BATCH_LINES = 50;

const runColumns = {
  id: repriceRun.id,
  token: repriceRun.token,
  baseId: repriceRun.baseId,
  scope: repriceRun.scope,
  tier: repriceRun.tier,
  startedFrom: repriceRun.startedFrom,
  startedTo: repriceRun.startedTo,
  reason: repriceRun.reason,
  actor: repriceRun.actor,
  requestId: repriceRun.requestId,
  lineCount: repriceRun.lineCount,
  total: repriceRun.total,
  createdAt: repriceRun.createdAt,
  finishedAt: repriceRun.finishedAt,
  posted: countOf('posted'),
  skipped: countOf('skipped'),
};

export function createRepricingRepository({ db }: { db: Database['db'] }) {
  return {
    transaction: <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => db.transaction(work),

    /** All that is read in it is of one moment. */
    reading: <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
      db.transaction(work, { isolationLevel: 'repeatable read', accessMode: 'read only' }),

    /** The exchanges of a range in the order of their ids, some at a time. */
    async *readExchanges(tx: Transaction, range: RepriceRange): AsyncGenerator<SettledExchange[]> {
      for (let after = 0; ; ) {
        const rows = await tx
          .select()
          .from(settledExchange)
          .where(and(gt(settledExchange.id, after), ...within(range)))
          .orderBy(settledExchange.id)
          .limit(PAGE_ROWS);
        if (rows.length > 0) yield rows;
        const last = rows.at(-1);
        if (last === undefined || rows.length < PAGE_ROWS) return;
        after = last.id;
      }
    },

    async feeOf(tx: Transaction, exchangeId: string): Promise<bigint | undefined> {
      const [row] = await tx
        .select({ fee: settledExchange.fee, correction: settledExchange.correction })
        .from(settledExchange)
        .where(eq(settledExchange.exchangeId, exchangeId));
      return row && row.fee + row.correction;
    },

    /** Until the transaction ends no other run begins. */
    async lockRuns(tx: Transaction): Promise<void> {
      await tx.execute(sql`lock table ${repriceRun} in share row exclusive mode`);
    },

    async lastRunId(tx: Transaction): Promise<number> {
      const [row] = await tx
        .select({ id: repriceRun.id })
        .from(repriceRun)
        .orderBy(desc(repriceRun.id))
        .limit(1);
      return row?.id ?? 0;
    },

    async findByToken(tx: Transaction, token: string): Promise<number | undefined> {
      const [row] = await tx
        .select({ id: repriceRun.id })
        .from(repriceRun)
        .where(eq(repriceRun.token, token));
      return row?.id;
    },

    /** Is a run over some of these exchanges not at its end? */
    async isUnderWay(tx: Transaction, { baseId, scope, tier, from, to }: RepriceRange): Promise<boolean> {
      const rows = await tx
        .select({ id: repriceRun.id })
        .from(repriceRun)
        .where(
          and(
            isNull(repriceRun.finishedAt),
            eq(repriceRun.baseId, baseId),
            eq(repriceRun.scope, scope),
            eq(repriceRun.tier, tier),
            lt(repriceRun.startedFrom, to),
            gt(repriceRun.startedTo, from),
          ),
        );
      return rows.length > 0;
    },

    async insertRun(tx: Transaction, { range, plan, reason, actor, requestId }: NewRun): Promise<number> {
      const { baseId, scope, tier, from: startedFrom, to: startedTo } = range;
      const { token, total, lines } = plan;
      const values = { token, baseId, scope, tier, startedFrom, startedTo, reason, actor, requestId, total };
      const [row] = await tx
        .insert(repriceRun)
        .values({ ...values, lineCount: lines.length })
        .returning({ id: repriceRun.id });
      if (row === undefined) throw new Error('run was not written');
      for (let start = 0; start < lines.length; start += INSERT_ROWS) {
        const part = lines.slice(start, start + INSERT_ROWS);
        await tx.insert(repriceLine).values(part.map((line) => ({ ...line, runId: row.id })));
      }
      return row.id;
    },

    /**
     * The next lines that wait, all of one key and group, locked; undefined when none waits. They may be none when
     * another replica has just done them.
     */
    async takeLines(tx: Transaction, runId: number): Promise<RepriceLine[] | undefined> {
      const waiting = and(eq(repriceLine.runId, runId), eq(repriceLine.state, 'waiting'));
      const [first] = await tx
        .select({ keyId: repriceLine.keyId, groupId: repriceLine.groupId })
        .from(repriceLine)
        .where(waiting)
        .orderBy(asc(repriceLine.keyId), asc(repriceLine.groupId))
        .limit(1);
      if (first === undefined) return undefined;
      const sameGroup =
        first.groupId === null ? isNull(repriceLine.groupId) : eq(repriceLine.groupId, first.groupId);
      return tx
        .select()
        .from(repriceLine)
        .where(and(waiting, eq(repriceLine.keyId, first.keyId), sameGroup))
        .orderBy(repriceLine.exchangeId)
        .limit(BATCH_LINES)
        .for('update');
    },

    async markLines(tx: Transaction, runId: number, { ids, state }: { ids: string[]; state: LineState }) {
      if (ids.length === 0) return;
      await tx
        .update(repriceLine)
        .set({ state })
        .where(and(eq(repriceLine.runId, runId), inArray(repriceLine.exchangeId, ids)));
    },

    async finish(runId: number): Promise<void> {
      await db
        .update(repriceRun)
        .set({ finishedAt: sql`now()` })
        .where(and(eq(repriceRun.id, runId), isNull(repriceRun.finishedAt)));
    },

    async findUnfinished(): Promise<number[]> {
      const rows = await db
        .select({ id: repriceRun.id })
        .from(repriceRun)
        .where(isNull(repriceRun.finishedAt));
      return rows.map(({ id }) => id);
    },

    async find(runId: number): Promise<Run | undefined> {
      const [row] = await db.select(runColumns).from(repriceRun).where(eq(repriceRun.id, runId));
      return row;
    },

    async list({ limit, offset, baseId }: Page & { baseId?: string | undefined }): Promise<Listing<Run>> {
      const where = baseId === undefined ? undefined : eq(repriceRun.baseId, baseId);
      const items = await db
        .select(runColumns)
        .from(repriceRun)
        .where(where)
        .orderBy(desc(repriceRun.id))
        .limit(limit)
        .offset(offset);
      return { items, total: await db.$count(repriceRun, where) };
    },
  };
}

export type RepricingRepository = ReturnType<typeof createRepricingRepository>;

function within({ baseId, scope, tier, from, to }: RepriceRange): (SQL | undefined)[] {
  return [
    eq(settledExchange.baseId, baseId),
    eq(settledExchange.priceScope, scope),
    eq(settledExchange.serviceTier, tier),
    gte(settledExchange.startedAt, from),
    lt(settledExchange.startedAt, to),
    // The billing day is what the table's index knows; no time zone is further away than that.
    sql`${settledExchange.day} between ${from.toISOString()}::timestamptz::date - 2 and ${to.toISOString()}::timestamptz::date + 2`,
  ];
}

function countOf(state: LineState) {
  return sql<number>`(select count(*)::int from reprice_line l where l.run_id = "reprice_run"."id" and l.state = ${state})`;
}
