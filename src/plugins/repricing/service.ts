// Correcting many charges at once: planned, previewed, frozen, then entered line by line. What was charged is never
// edited; each line becomes a ledger entry of its own, and doing it again moves nothing.
import type { FastifyInstance } from 'fastify';
import type { Transaction } from '../../db/client.ts';
import type { Listing } from '../../lib/page.ts';
import type { Author } from '../audit-log/index.ts';
import { RepriceChanged, RepriceRunning, RepriceTooMany } from './errors.ts';
import { createPlan, type RepriceLine, type RepricePlan, type RepriceRange } from './plan.ts';
import type { RepricingRepository, Run, RunFilter } from './repository.ts';

export interface RepricingDeps {
  repository: RepricingRepository;
  prices: FastifyInstance['prices'];
  billing: Pick<FastifyInstance['billing'], 'correct' | 'once' | 'priceUsage'>;
  auditLog: FastifyInstance['auditLog'];
  log: { error(facts: object, message: string): void };
}

export interface Order {
  range: RepriceRange;
  reason: string;
  /** Of the preview that is to be carried out. */
  token: string;
}

/** Lines of one run are kept in memory while it is planned. */
const MAX_EXCHANGES = 1_000_000;
/** Codes of billing's that mean: this charge has changed since the plan. */
const CHANGED_SINCE: ReadonlySet<unknown> = new Set(['CORRECTION_TOO_LARGE', 'EXCHANGE_UNKNOWN']);

class ChangedSince extends Error {}

export function createRepricingService({ repository, prices, billing, auditLog, log }: RepricingDeps) {
  const underWay = new Map<number, Promise<void>>();
  let isClosed = false;
  let resuming: Promise<void> = Promise.resolve();

  async function plan(tx: Transaction, range: RepriceRange): Promise<RepricePlan> {
    const planning = createPlan(range, {
      priceAt: (moment) => prices.find(range, moment),
      feeOf: (exchange, price) => billing.priceUsage(exchange, price, exchange.kind).fee,
      lastRunId: await repository.lastRunId(tx),
    });
    let count = 0;
    for await (const exchanges of repository.readExchanges(tx, range)) {
      count += exchanges.length;
      if (count > MAX_EXCHANGES) throw new RepriceTooMany();
      for (const exchange of exchanges) planning.add(exchange);
    }
    return planning.finish();
  }

  async function begin(tx: Transaction, { range, reason, token }: Order, author: Author): Promise<number> {
    await repository.lockRuns(tx);
    const known = await repository.findByToken(tx, token);
    if (known !== undefined) return known;
    if (await repository.isUnderWay(tx, range)) throw new RepriceRunning();
    const planned = await plan(tx, range);
    if (planned.token !== token) throw new RepriceChanged();
    const runId = await repository.insertRun(tx, { range, plan: planned, reason, ...author });
    await auditLog.record(tx, author, {
      action: 'price.reprice',
      target: `reprice:${runId}`,
      before: null,
      after: { ...range, reason, exchanges: planned.lines.length, total: planned.total },
    });
    return runId;
  }

  /** One key's lines in one transaction. @returns false when none waits any more */
  function postSome(run: Run): Promise<boolean> {
    return repository.transaction(async (tx) => {
      const lines = await repository.takeLines(tx, run.id);
      if (lines === undefined) return false;
      const posted: string[] = [];
      const skipped: string[] = [];
      for (const line of lines) ((await post(tx, run, line)) ? posted : skipped).push(line.exchangeId);
      await repository.markLines(tx, run.id, { ids: posted, state: 'posted' });
      await repository.markLines(tx, run.id, { ids: skipped, state: 'skipped' });
      return true;
    });
  }

  /** @returns false if the charge is no longer what it was when the run was planned: then it is left alone */
  async function post(tx: Transaction, run: Run, line: RepriceLine): Promise<boolean> {
    try {
      await tx.transaction(async (savepoint) => {
        await billing.correct(savepoint, {
          exchangeId: line.exchangeId,
          amount: line.difference,
          kind: 'adjustment',
          reason: run.reason,
          reference: `reprice:${run.id}:${line.exchangeId}`,
          actor: run.actor,
          requestId: run.requestId,
        });
        const fee = await repository.feeOf(savepoint, line.exchangeId);
        if (fee !== line.feeBefore + line.difference) throw new ChangedSince();
      });
      return true;
    } catch (error) {
      if (error instanceof ChangedSince) return false;
      if (error instanceof Error && 'code' in error && CHANGED_SINCE.has(error.code)) return false;
      throw error;
    }
  }

  async function work(runId: number): Promise<void> {
    const run = await repository.find(runId);
    if (run === undefined || run.finishedAt !== null) return;
    while (await postSome(run)) if (isClosed) return;
    await repository.finish(runId);
  }

  /** Takes a run up where it stands; harmless on several replicas at once. */
  function carryOn(runId: number): Promise<void> {
    const known = underWay.get(runId);
    if (known !== undefined) return known;
    const working = work(runId).finally(() => underWay.delete(runId));
    working.catch((error: unknown) => log.error({ err: error, runId }, 're-pricing was interrupted'));
    underWay.set(runId, working);
    return working;
  }

  async function takeUpAll(): Promise<void> {
    for (const id of await repository.findUnfinished()) if (!isClosed) await carryOn(id);
  }

  return {
    async preview(range: RepriceRange): Promise<RepricePlan> {
      await prices.reload();
      return repository.reading((tx) => plan(tx, range));
    },

    /** Resolves at the end of the run. Asked for again, it takes up what was interrupted and does nothing twice. */
    async apply(order: Order, author: Author & { idempotencyKey: string | null }): Promise<Run> {
      await prices.reload();
      const { actor, requestId, idempotencyKey } = author;
      const request = ['reprice', order.token, order.reason] as const;
      const { id } = await repository.transaction((tx) =>
        billing.once(tx, { actor, idempotencyKey, request }, async () => ({
          id: await begin(tx, order, { actor, requestId }),
        })),
      );
      await carryOn(id);
      const run = await repository.find(id);
      if (run === undefined) throw new Error('run has vanished');
      return run;
    },

    list: (filter: RunFilter): Promise<Listing<Run>> => repository.list(filter),

    /** What a process that died has left. */
    resume(): Promise<void> {
      resuming = takeUpAll();
      return resuming;
    },

    /** Ends after the transaction that is under way; the rest waits for `resume`. */
    async close(): Promise<void> {
      isClosed = true;
      await Promise.allSettled([resuming, ...underWay.values()]);
    },
  };
}

export type RepricingService = ReturnType<typeof createRepricingService>;
