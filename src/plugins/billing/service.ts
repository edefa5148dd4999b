// Admission's money and its settlement: hold before the call, settle after it, once, whatever ended it.
import type { Usage } from '../../canonical/usage.ts';
import { createBatcher } from '../../lib/batch.ts';
import { withDeadline } from '../../lib/deadline.ts';
import type { Money } from '../../lib/money.ts';
import type { ThreadStatus } from '../threads/index.ts';
import { type ChargeBasis, chargeFor } from './charge.ts';
import { BillingUnavailable } from './errors.ts';
import { decodePrice, encodePrice } from './hold-facts.ts';
import { affordableOutputTokens, type Price, worstCase } from './price.ts';
import type { BillingRepository, HoldAnswer, HoldRow, OrphanHold, SettlementRow } from './repository.ts';

/** New requests are refused, not queued, when the database does not answer in this time. */
const HOLD_DEADLINE_MS = 2_500;
/** A statement that takes longer sits on a dead connection; the next batch gets another one. */
const STATEMENT_DEADLINE_MS = 10_000;
const BATCH_ITEMS = 500;
/** A hold delays its request; a settlement delays nobody. Measured with 64 connections, see docs/benchmark.md. */
const GATHER_HOLDS_MS = 2;
const GATHER_SETTLEMENTS_MS = 10;
const RETRY_DELAY_MS = [50, 100, 250, 500, 1_000];

export interface HoldRequest {
  exchangeId: string;
  requestId: string;
  keyId: number;
  model: string;
  target: string;
  isStreamed: boolean;
  contextTokens: number;
  price: Price;
  /** Tokens the input can have at the most, by the configured estimator. */
  inputTokensBound: number;
  /** Tokens the input probably has: what is charged when nobody reports. */
  inputTokensEstimate: number;
  maxOutputTokens: number;
}

/** A durable reservation; its price is frozen. */
export interface Hold extends HoldRequest {
  amount: Money;
  startedAt: Date;
}

export type HoldDecision =
  | { kind: 'held'; hold: Hold }
  /** `affordableOutputTokens`: what would fit now, 0 if not even the input does. */
  | { kind: 'refused'; available: Money; affordableOutputTokens: number };

export interface Settlement {
  hold: Hold;
  status: ThreadStatus;
  basis: ChargeBasis;
  firstByteMs: number | null;
  latencyMs: number | null;
}

export interface BillingServiceOptions {
  repository: BillingRepository;
  /** This process, as the owner of its holds (UUID). */
  owner: string;
  leaseMs: number;
  now(): Date;
  /** True for an error that means that the database cannot be reached, as opposed to one of the data. */
  isDatabaseAway(error: unknown): boolean;
  log: { error(facts: object, message: string): void; warn(facts: object, message: string): void };
}

export function createBillingService(options: BillingServiceOptions) {
  const { repository, owner, log } = options;
  let isClosed = false;
  const unsettled = new Set<Promise<unknown>>();

  const holds = createBatcher<HoldRow, HoldAnswer>({
    maxItems: BATCH_ITEMS,
    gatherMs: GATHER_HOLDS_MS,
    run: (rows) => withDeadline(placeHolds(rows), STATEMENT_DEADLINE_MS, () => new BillingUnavailable()),
    isItemFault,
  });
  const settlements = createBatcher<SettlementRow, void>({
    maxItems: BATCH_ITEMS,
    gatherMs: GATHER_SETTLEMENTS_MS,
    async run(rows) {
      await withDeadline(repository.settle(rows), STATEMENT_DEADLINE_MS, () => new BillingUnavailable());
      return rows.map(() => undefined);
    },
    isItemFault,
  });

  function isItemFault(error: unknown): boolean {
    return !options.isDatabaseAway(error) && !(error instanceof BillingUnavailable);
  }

  async function placeHolds(rows: readonly HoldRow[]): Promise<HoldAnswer[]> {
    const answers = await repository.placeHolds(owner, rows);
    const early = rows.filter((_, index) => answers[index]?.kind === 'no_period');
    if (early.length === 0) return answers;
    await repository.openPeriods([...new Set(early.map((row) => row.keyId))]);
    const again = await repository.placeHolds(owner, early);
    return answers.map((answer) => (answer.kind === 'no_period' ? (again.shift() ?? answer) : answer));
  }

  /** Reserves the most the request can cost. Throws BillingUnavailable when the database does not answer in time. */
  async function admit(request: HoldRequest): Promise<HoldDecision> {
    const amount = holdAmount(request);
    const hold: Hold = { ...request, amount, startedAt: options.now() };
    const placing = holds.add({
      exchangeId: hold.exchangeId,
      keyId: hold.keyId,
      amount,
      facts: encodeFacts(hold),
    });
    try {
      const answer = await withDeadline(placing, HOLD_DEADLINE_MS, () => new BillingUnavailable());
      if (answer.kind === 'held') return { kind: 'held', hold };
      const available = answer.kind === 'refused' ? answer.available : 0n;
      const affordable = affordableOutputTokens(request.price, request.inputTokensBound, available);
      return { kind: 'refused', available, affordableOutputTokens: affordable };
    } catch (error) {
      // The commit may have happened although its answer did not arrive: nothing was sent, so let the hold go.
      track(placing.catch(() => undefined).then(() => settleUntilDone({ ...hold, settled: null })));
      throw error instanceof BillingUnavailable ? error : new BillingUnavailable({ cause: error });
    }
  }

  /** Queues the settlement and retries it until it is in the database; resolves then. */
  function settle(settlement: Settlement): Promise<void> {
    return track(settleUntilDone(toRow(settlement)));
  }

  /** Releases a hold whose request never left us. */
  function release(hold: Hold): Promise<void> {
    return track(settleUntilDone({ exchangeId: hold.exchangeId, keyId: hold.keyId, settled: null }));
  }

  async function settleUntilDone({ exchangeId, keyId, settled }: SettlementRow): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await settlements.add({ exchangeId, keyId, settled });
      } catch (error) {
        if (isClosed) throw error;
        if (attempt % 10 === 0)
          log.error({ err: error, exchangeId, attempt }, 'settlement failed, will be tried again');
        const delayMs = RETRY_DELAY_MS[Math.min(attempt, RETRY_DELAY_MS.length - 1)];
        await new Promise((resolve) => setTimeout(resolve, delayMs));
      }
    }
  }

  function track<T>(work: Promise<T>): Promise<T> {
    unsettled.add(work);
    const forget = () => unsettled.delete(work);
    work.then(forget, forget);
    return work;
  }

  /** Settles, as estimates, the holds of processes that died. Harmless on several replicas at once. */
  async function reap(): Promise<number> {
    const orphans = await repository.findOrphans(BATCH_ITEMS);
    if (orphans.length === 0) {
      await repository.forgetDeadLeases();
      return 0;
    }
    log.warn({ count: orphans.length }, 'settling holds of a process that died');
    const results = await Promise.allSettled(
      orphans.map((orphan) => settlements.add(toRow(abandoned(orphan)))),
    );
    return results.filter((result) => result.status === 'fulfilled').length;
  }

  return {
    admit,
    settle,
    release,
    reap,
    renewLease: () => repository.renewLease(owner, options.leaseMs),
    audit: () => repository.audit(),
    /** Waits until every settlement so far is in the database, or the deadline (ms) has passed. */
    async flush(deadlineMs: number): Promise<void> {
      await withDeadline(
        Promise.allSettled([...unsettled]),
        deadlineMs,
        () => new Error('settlements are still waiting'),
      ).catch((error) => log.error({ err: error, waiting: unsettled.size }, 'left to the reaper'));
      isClosed = true;
      await repository.endLease(owner).catch(() => undefined);
    },
  };
}

export type BillingService = ReturnType<typeof createBillingService>;

/** At least one unit for anything that has a price: a key without money is refused whatever it asks. */
function holdAmount(request: HoldRequest): Money {
  const isFree = request.price.every((band) => band.input === 0n && band.output === 0n);
  const amount = worstCase(request.price, request.inputTokensBound, request.maxOutputTokens);
  return isFree || amount > 0n ? amount : 1n;
}

function encodeFacts(hold: Hold): HoldRow['facts'] {
  return {
    requestId: hold.requestId,
    model: hold.model,
    target: hold.target,
    isStreamed: hold.isStreamed,
    startedAt: hold.startedAt.toISOString(),
    contextTokens: hold.contextTokens,
    inputTokensEstimate: hold.inputTokensEstimate,
    price: encodePrice(hold.price),
  };
}

function toRow({ hold, status, basis, firstByteMs, latencyMs }: Settlement): SettlementRow {
  const charge = chargeFor(basis, {
    price: hold.price,
    holdAmount: hold.amount,
    contextTokens: hold.contextTokens,
  });
  return {
    exchangeId: hold.exchangeId,
    keyId: hold.keyId,
    settled: {
      requestId: hold.requestId,
      model: hold.model,
      target: hold.target,
      isStreamed: hold.isStreamed,
      status,
      charge,
      firstByteMs,
      latencyMs,
      startedAt: hold.startedAt,
    },
  };
}

function abandoned({ exchangeId, keyId, amount, facts }: OrphanHold): Settlement {
  const usage: Usage = {
    inputTokens: facts.inputTokensEstimate,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
  };
  return {
    hold: {
      exchangeId,
      keyId,
      amount,
      requestId: facts.requestId,
      model: facts.model,
      target: facts.target,
      isStreamed: facts.isStreamed,
      contextTokens: facts.contextTokens,
      inputTokensBound: facts.inputTokensEstimate,
      inputTokensEstimate: facts.inputTokensEstimate,
      maxOutputTokens: 0,
      price: decodePrice(facts.price),
      startedAt: new Date(facts.startedAt),
    },
    status: 'abandoned',
    basis: { kind: 'estimated', usage },
    firstByteMs: null,
    latencyMs: null,
  };
}
