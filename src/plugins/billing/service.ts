// Admission's money and its settlement: hold before the call, settle after it, once, whatever ended it.
import { createBatcher } from '../../lib/batch.ts';
import { withDeadline } from '../../lib/deadline.ts';
import type { Money } from '../../lib/money.ts';
import { BillingUnavailable } from './errors.ts';
import type { HoldAnswer, HoldLimit, HoldRepository, HoldRow } from './holds/repository.ts';
import { affordableOutputTokens } from './price.ts';
import {
  demandOf,
  type Hold,
  type HoldRequest,
  holdAmount,
  type Settlement,
  toHoldRow,
  toSettlementRow,
} from './rows.ts';
import type { SettlementAnswer, SettlementRepository, SettlementRow } from './settlements/repository.ts';
import { toRecord } from './spool/records.ts';
import type { Spool, SpoolTicket } from './spool/spool.ts';

/** New requests are refused, not queued, when the database does not answer in this time. */
const HOLD_DEADLINE_MS = 2_500;
/** A statement that takes longer sits on a dead connection; the next batch gets another one. */
const STATEMENT_DEADLINE_MS = 10_000;
/** So many in a row that were given up, and the connections are replaced. */
const STUCK_STATEMENTS = 2;
const BATCH_ITEMS = 500;
/** A hold delays its request; a settlement delays nobody. Measured with 64 connections, see docs/benchmark.md. */
const GATHER_HOLDS_MS = 2;
const GATHER_SETTLEMENTS_MS = 10;
const RETRY_DELAY_MS = [50, 100, 250, 500, 1_000];
/** A settlement that the database has not taken by then is put on the disk. */
const SPOOL_AFTER_MS = 500;
/** A budget that changes while a statement waits makes it ask again; so often in a row is no accident. */
const MAX_ROUNDS = 10;

export type HoldDecision =
  | { kind: 'held'; hold: Hold }
  /** `affordableOutputTokens`: what would fit now, 0 if not even the input does. `limit`: what it ran into. */
  | { kind: 'refused'; available: Money; affordableOutputTokens: number; limit: HoldLimit };

export interface BillingServiceOptions {
  holds: Pick<HoldRepository, 'placeHolds' | 'openPeriods' | 'noteProgress'>;
  settlements: Pick<SettlementRepository, 'settle'>;
  /** The truth about an exchange that was settled as an estimate meanwhile. */
  correctEstimate(row: SettlementRow): Promise<unknown>;
  spool: Spool;
  /** This process, as the owner of its holds (UUID). */
  owner: string;
  now(): Date;
  /** True for an error that means that the database cannot be reached, as opposed to one of the data. */
  isDatabaseAway(error: unknown): boolean;
  /** True for one that means that a statement was never sent. */
  isUnsent(error: unknown): boolean;
  /** Gives up connections that do not answer. */
  renewConnections(): void;
  log: { error(facts: object, message: string): void; warn(facts: object, message: string): void };
}

/** A hold on its way; one that nobody waits for any more is not sent. */
interface Placing {
  row: HoldRow;
  state: 'waiting' | 'sent' | 'given_up';
}

interface Unsettled {
  row: SettlementRow;
  ticket: Promise<SpoolTicket | undefined> | undefined;
}

export function createBillingService(options: BillingServiceOptions) {
  const { owner, spool, log } = options;
  let isClosed = false;
  let stuck = 0;
  let isSpoolFailing = false;
  const unsettled = new Map<Unsettled, Promise<unknown>>();

  const holds = createBatcher<Placing, HoldAnswer | undefined>({
    maxItems: BATCH_ITEMS,
    gatherMs: GATHER_HOLDS_MS,
    async run(placings) {
      const wanted = placings.filter(({ state }) => state !== 'given_up');
      for (const placing of wanted) placing.state = 'sent';
      const answers = await statement(placeHolds(wanted.map(({ row }) => row)));
      const byPlacing = new Map(wanted.map((placing, index) => [placing, answers[index]]));
      return placings.map((placing) => byPlacing.get(placing));
    },
    isItemFault,
  });
  const settlements = createBatcher<SettlementRow, SettlementAnswer>({
    maxItems: BATCH_ITEMS,
    gatherMs: GATHER_SETTLEMENTS_MS,
    run: (rows) => statement(settleRows(rows)),
    isItemFault,
  });

  async function statement<T>(work: Promise<T>): Promise<T> {
    try {
      const result = await withDeadline(work, STATEMENT_DEADLINE_MS, () => new StatementStuck());
      stuck = 0;
      return result;
    } catch (error) {
      if (error instanceof StatementStuck) {
        stuck += 1;
        if (stuck % STUCK_STATEMENTS === 0) options.renewConnections();
      }
      throw error;
    }
  }

  function isItemFault(error: unknown): boolean {
    return !options.isDatabaseAway(error) && !(error instanceof StatementStuck);
  }

  async function placeHolds(rows: readonly HoldRow[]): Promise<HoldAnswer[]> {
    if (rows.length === 0) return [];
    return inRounds(rows, async (again, round) => {
      if (round > 0) {
        const groups = again.flatMap(({ groupId }) => (groupId === null ? [] : [groupId]));
        await options.holds.openPeriods([...new Set(again.map(({ keyId }) => keyId))], [...new Set(groups)]);
      }
      const answers = await options.holds.placeHolds(owner, again);
      return answers.map((answer) => (answer.kind === 'not_ready' ? undefined : answer));
    });
  }

  function settleRows(rows: readonly SettlementRow[]): Promise<SettlementAnswer[]> {
    return inRounds(rows, async (again) => {
      const answers = await options.settlements.settle(again);
      return answers.map((answer) => (answer === 'not_ready' ? undefined : answer));
    });
  }

  /** Reserves the most the request can cost. Throws BillingUnavailable when the database does not answer in time. */
  async function admit(request: HoldRequest): Promise<HoldDecision> {
    const hold: Hold = { ...request, amount: holdAmount(request), startedAt: options.now() };
    const placing: Placing = { row: toHoldRow(hold), state: 'waiting' };
    const answering = holds.add(placing);
    try {
      const answer = await withDeadline(answering, HOLD_DEADLINE_MS, () => new BillingUnavailable());
      if (answer?.kind === 'held') return { kind: 'held', hold };
      const { available, limit } = answer?.kind === 'refused' ? answer : NOTHING_LEFT;
      const affordable = affordableOutputTokens(request.price, demandOf(request), available);
      return { kind: 'refused', available, affordableOutputTokens: affordable, limit };
    } catch (error) {
      if (placing.state === 'waiting') placing.state = 'given_up';
      else letGo(placing.row, answering);
      throw error instanceof BillingUnavailable ? error : new BillingUnavailable({ cause: error });
    }
  }

  /** The hold may have been placed although its answer did not arrive in time: nothing was sent upstream, release it. */
  function letGo({ exchangeId, keyId, groupId }: HoldRow, answering: Promise<HoldAnswer | undefined>): void {
    const release = () => void finish({ exchangeId, keyId, groupId, settled: null }).catch(() => undefined);
    answering.then(
      (answer) => {
        if (answer?.kind === 'held') release();
      },
      (error) => {
        if (options.isUnsent(error)) return;
        release();
        // Given up by us, it may still be waiting for a lock in the server, which gives it up a little later.
        if (error instanceof StatementStuck) setTimeout(release, STATEMENT_DEADLINE_MS).unref();
      },
    );
  }

  /** Queues the settlement and retries it until it is in the database; resolves then. */
  function settle(settlement: Settlement): Promise<void> {
    return finish(toSettlementRow(settlement));
  }

  /** Releases a hold whose request never left us. */
  function release({ exchangeId, keyId, groupId }: Hold): Promise<void> {
    return finish({ exchangeId, keyId, groupId, settled: null });
  }

  function finish(row: SettlementRow): Promise<void> {
    const entry: Unsettled = { row, ticket: undefined };
    const work = untilDone(entry);
    unsettled.set(entry, work);
    const forget = () => unsettled.delete(entry);
    work.then(forget, forget);
    return work;
  }

  async function untilDone(entry: Unsettled): Promise<void> {
    const late = setTimeout(() => secure(entry), SPOOL_AFTER_MS);
    late.unref();
    try {
      for (let attempt = 0; ; attempt += 1) {
        try {
          await settleNow(entry.row);
          break;
        } catch (error) {
          if (isClosed) throw error;
          secure(entry);
          if (attempt % 10 === 0) {
            const { exchangeId } = entry.row;
            log.error({ err: error, exchangeId, attempt }, 'settlement failed, will be tried again');
          }
          const delayMs = RETRY_DELAY_MS[Math.min(attempt, RETRY_DELAY_MS.length - 1)];
          await new Promise((resolve) => setTimeout(resolve, delayMs));
        }
      }
    } finally {
      clearTimeout(late);
    }
    const ticket = await entry.ticket;
    if (ticket !== undefined) await spool.forget(ticket).catch(spoolFailed);
  }

  /** Settles, or corrects what another process has estimated in the meantime. */
  async function settleNow(row: SettlementRow): Promise<void> {
    const answer = await settlements.add(row);
    if (answer === 'gone') await options.correctEstimate(row);
  }

  /** Puts it on the disk, once; a disk that does not take it is tried again with the next attempt. */
  function secure(entry: Unsettled): Promise<SpoolTicket | undefined> {
    entry.ticket ??= spool.append(toRecord(entry.row)).then(
      (ticket) => {
        isSpoolFailing = false;
        return ticket;
      },
      (error) => {
        entry.ticket = undefined;
        spoolFailed(error);
        return undefined;
      },
    );
    return entry.ticket;
  }

  function spoolFailed(error: unknown): void {
    if (!isSpoolFailing) log.error({ err: error }, 'the settlement spool cannot be written');
    isSpoolFailing = true;
  }

  return {
    admit,
    settle,
    release,
    /** For rows of another process: read from its spool, or made of its orphaned holds. */
    settleNow,
    /** Notes how much of the answers under way has arrived; a loss only makes a later estimate smaller. */
    async noteProgress(rows: readonly { exchangeId: string; answerBytes: number }[]): Promise<void> {
      await statement(options.holds.noteProgress(rows)).catch(() => undefined);
    },
    /** Settlements that are not in the database yet. */
    get unsettledCount() {
      return unsettled.size;
    },
    /** Waits until every settlement so far is in the database, or the deadline (ms) has passed; the rest is spooled. */
    async flush(deadlineMs: number): Promise<void> {
      const all = Promise.allSettled([...unsettled.values()]);
      await withDeadline(all, deadlineMs, () => new Error('settlements are still waiting')).catch((error) =>
        log.error({ err: error, waiting: unsettled.size }, 'left to the spool'),
      );
      await Promise.all([...unsettled.keys()].map(secure));
      isClosed = true;
      await spool.close().catch(spoolFailed);
    },
  };
}

export type BillingService = ReturnType<typeof createBillingService>;

const NOTHING_LEFT = { available: 0n, limit: 'funds' } as const;

/** A statement that was given up; it may be done later all the same. */
class StatementStuck extends Error {
  override readonly name = 'StatementStuck';
}

/** Asks for all, then again for those without an answer, until each has one. */
async function inRounds<Row, Answer>(
  rows: readonly Row[],
  ask: (rows: readonly Row[], round: number) => Promise<(Answer | undefined)[]>,
): Promise<Answer[]> {
  const answers = new Array<Answer | undefined>(rows.length);
  let open = rows.map((_, index) => index);
  for (let round = 0; open.length > 0; round += 1) {
    if (round === MAX_ROUNDS) throw new Error('budgets keep changing');
    const asked = open;
    // Indexes of `rows`, so there is a row for each.
    const got = await ask(
      asked.map((index) => rows[index] as Row),
      round,
    );
    for (const [at, index] of asked.entries()) answers[index] = got[at];
    open = asked.filter((index) => answers[index] === undefined);
  }
  // The loop has ended: each has an answer.
  return answers as Answer[];
}
