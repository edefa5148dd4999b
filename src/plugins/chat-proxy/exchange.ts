// One admitted request from its hold to its settlement. Whatever ends it (the answer's end, an upstream error, a
// client that left, a shutdown) calls `end()`, which works once.
import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { UpstreamTarget } from '../../canonical/admission.ts';
import { AnswerCollector } from '../../canonical/collect.ts';
import type { AnswerBlock } from '../../canonical/content.ts';
import { CutCall } from '../../canonical/cut-call.ts';
import type { ChatEvent } from '../../canonical/event.ts';
import { Refusal } from '../../canonical/refusal.ts';
import {
  madeNothing,
  type ServedUsage,
  servedNothing,
  UpstreamError,
} from '../../canonical/upstream-error.ts';
import { bytesOf, likelyTokens, NO_USAGE, type Usage } from '../../canonical/usage.ts';
import type { Attempt, Charge, ChargeBasis, Hold } from '../billing/index.ts';
import type { SpokenExchange, ThreadStatus } from '../threads/index.ts';
import { type Admitted, termsOf } from './admission.ts';
import { type AttemptEnd, describeAttempt } from './attempt.ts';
import type { Drains } from './drains.ts';
import type { Meters } from './meters.ts';
import { answerSketch } from './opening.ts';
import { pricedTier, STANDARD_TIER } from './request-settings.ts';
import { type SessionSign, turnsKey } from './session-key.ts';
import { wholeCompletion } from './spoken.ts';

export interface ExchangeDeps {
  billing: Pick<FastifyInstance['billing'], 'chargeOf' | 'settle' | 'release'>;
  threads: Pick<FastifyInstance['threads'], 'record'>;
  limits: Pick<FastifyInstance['limits'], 'countedTokens'>;
  /** Answers that are read on after their clients have left. */
  drains: Drains;
  /** Milliseconds of a monotonic clock. */
  now(): number;
  onSettlementLost(error: unknown): void;
  meters: Pick<Meters, 'ended'>;
}

/** What the client said, for the record. */
export interface Spoken extends Pick<SpokenExchange, 'logging' | 'prompt' | 'wholePrompt'> {
  sign: SessionSign;
}

/** Why the upstream call was cut by us. */
export class ExchangeCut extends Error {
  readonly reason: 'drain_ended' | 'shutdown';
  constructor(reason: 'drain_ended' | 'shutdown') {
    super(reason);
    this.name = 'ExchangeCut';
    this.reason = reason;
  }
}

/** An answer that came whole, of any kind of work. */
export interface WholeReport {
  content?: readonly AnswerBlock[];
  /** Null: not reported. */
  usage: Usage | null;
  /** True: what was reported cannot be. */
  isUsageAbsurd?: boolean;
  /** True: not the upstream's word, at least not all of it. */
  isUsageEstimated?: boolean;
  upstreamRequestId?: string;
  /** Which tier the upstream says served it. */
  serviceTier?: string;
}

export function createExchange(deps: ExchangeDeps, admitted: Admitted, spoken: Spoken) {
  const { admission, offers, hold, model, ticket } = admitted;
  const controller = new AbortController();
  const startedAt = deps.now();
  let firstByteAt: number | undefined;
  let upstreamRequestId: string | undefined;
  const answer = new AnswerCollector();
  const attempts: Attempt[] = [];
  let trying: { target: UpstreamTarget; startedAt: number } | undefined;
  let lastTried: UpstreamTarget | undefined;
  let usage: Usage | null | undefined;
  /** As the upstream reports it. */
  let servedTier: string | undefined;
  let isUsageEstimated = false;
  let clientHasLeft = false;
  let isDraining = false;
  let isEnded = false;
  let drainTimer: NodeJS.Timeout | undefined;
  /** Length of the answer from which on the drain has gone far enough; characters, each at least a byte. */
  let drainedAt = Number.POSITIVE_INFINITY;
  let markRecorded: () => void = () => undefined;
  const recorded = new Promise<void>((resolve) => {
    markRecorded = resolve;
  });

  /** Counts what has arrived; whoever ends the exchange settles from it. */
  function observe(events: readonly ChatEvent[]): void {
    firstByteAt ??= deps.now();
    for (const event of events) {
      answer.push(event);
      if (event.type === 'usage') ({ usage, serviceTier: servedTier } = event);
      else if (event.type === 'start') upstreamRequestId = event.upstreamRequestId;
    }
    if (answer.size > drainedAt && usage === undefined) cutDrain();
  }

  function observeWhole(report: WholeReport): void {
    firstByteAt ??= deps.now();
    ({ upstreamRequestId, serviceTier: servedTier } = report);
    answer.take(report.content ?? []);
    usage = report.isUsageAbsurd ? null : (report.usage ?? undefined);
    isUsageEstimated = report.isUsageEstimated ?? false;
  }

  /** A try begins; the one before it, if any, must have been told to have failed. */
  function tryTarget(target: UpstreamTarget): void {
    trying = { target, startedAt: deps.now() };
    lastTried = target;
    upstreamRequestId = undefined;
  }

  /** The try under way has failed; another one may follow. */
  function tryFailed(error: unknown): void {
    noteAttempt({ kind: 'failed', error });
  }

  function noteAttempt(end: AttemptEnd): void {
    if (trying === undefined) return;
    const { target, startedAt: since } = trying;
    trying = undefined;
    const latencyMs = Math.round(deps.now() - since);
    attempts.push(describeAttempt({ target, end, upstreamRequestId, latencyMs }));
  }

  /**
   * The hold with the target, and so the price, of whoever answered, or was asked last; in the tier that served it, where
   * the upstream reports that it fell back to the standard one.
   */
  function holdOf(target: UpstreamTarget | undefined): Hold {
    const offer = offers.find((each) => each.target === target);
    if (offer === undefined) return hold;
    const served = { ...hold, ...termsOf(offer) };
    const { standardPrice } = offer;
    const isStandard = servedTier !== undefined && pricedTier(servedTier) === STANDARD_TIER;
    return isStandard && standardPrice
      ? { ...served, serviceTier: STANDARD_TIER, price: standardPrice }
      : served;
  }

  /** The client has gone: read on for a while, to learn what the answer really cost. */
  function clientLeft(): void {
    if (isEnded || clientHasLeft) return;
    clientHasLeft = true;
    const { limits } = deps.drains;
    isDraining = limits.ms > 0 && deps.drains.enter();
    if (!isDraining) {
      cutDrain();
      return;
    }
    drainedAt = answer.size + bytesOf(limits.maxTokens);
    drainTimer = setTimeout(cutDrain, limits.ms);
    drainTimer.unref();
  }

  function cutDrain(): void {
    controller.abort(new ExchangeCut('drain_ended'));
  }

  /** @returns what it costs; nothing if it had ended already or was never sent */
  function end(outcome: AttemptEnd): Charge | undefined {
    if (isEnded) return undefined;
    isEnded = true;
    clearTimeout(drainTimer);
    if (isDraining) deps.drains.leave();
    // Refused by our own encoder before anything was tried: nothing is charged and no thread is made.
    if (lastTried === undefined && outcome.kind === 'failed' && outcome.error instanceof Refusal) {
      ticket?.cancel();
      deps.billing.release(hold).catch(deps.onSettlementLost).finally(markRecorded);
      return undefined;
    }
    const latencyMs = Math.round(deps.now() - startedAt);
    const firstByteMs = firstByteAt === undefined ? null : Math.round(firstByteAt - startedAt);
    const status = statusOf(outcome);
    const basis = basisOf(outcome);
    servedTier ??= servedBy(outcome)?.serviceTier;
    const served = holdOf(lastTried);
    noteAttempt(outcome);
    const charge = deps.billing.chargeOf({ hold: served, basis });
    ticket?.end({ tokens: countedTokens(basis) });
    const settled = deps.billing.settle({ hold: served, status, charge, firstByteMs, latencyMs, attempts });
    deps.meters.ended({ model: model.name, status, charge, firstByteMs, latencyMs });
    settled.then(() => recordText(outcome), deps.onSettlementLost).then(markRecorded, markRecorded);
    return charge;
  }

  function recordText(outcome: AttemptEnd): Promise<void> {
    const { sign, ...words } = spoken;
    const isKept = words.logging === 'full';
    return deps.threads.record({
      exchangeId: hold.exchangeId,
      keyId: hold.keyId,
      isStreamed: hold.isStreamed,
      isComplete: outcome.kind === 'answered',
      completion: answer.text,
      wholeCompletion: isKept && answer.hasMoreThanText ? wholeCompletion(answer.blocks()) : null,
      session: sign.kind === 'named' ? sign.session : null,
      opening:
        sign.kind === 'opening' ? turnsKey(hold.keyId, sign.opening, answerSketch(answer.blocks())) : null,
      startedAt: hold.startedAt,
      ...words,
    });
  }

  function statusOf(outcome: AttemptEnd): ThreadStatus {
    if (outcome.kind === 'answered') return clientHasLeft ? 'client_closed' : 'ok';
    const cut = cutReason(outcome);
    if (cut === 'shutdown') return 'shutdown';
    if (cut === 'drain_ended') return 'client_closed';
    if (!(outcome.error instanceof UpstreamError)) return 'upstream_error';
    const { kind } = outcome.error;
    if (kind === 'throttled' || kind === 'not_ready' || kind === 'quota') return 'upstream_throttled';
    return kind === 'timeout' ? 'upstream_timeout' : 'upstream_error';
  }

  function basisOf(outcome: AttemptEnd): ChargeBasis {
    if (lastTried === undefined) return { kind: 'none' };
    if (usage === null) return { kind: 'absurd' };
    if (usage !== undefined) return used(usage, isUsageEstimated);
    const served = servedBy(outcome);
    if (served?.usage === null) return { kind: 'absurd' };
    if (served !== undefined) return used(served.usage, served.isEstimated);
    const failedEarly = outcome.kind === 'failed' && firstByteAt === undefined;
    if (failedEarly && costsNothing(outcome.error)) return { kind: 'none' };
    return { kind: 'estimated', usage: estimated(outcome) };
  }

  function used(known: Usage, isEstimated: boolean): ChargeBasis {
    if (isEstimated) return { kind: 'estimated', usage: known };
    return { kind: 'reported', usage: known, isDrained: clientHasLeft };
  }

  /** Null: what was reported is nonsense. */
  function countedTokens(basis: ChargeBasis): number | null {
    if (basis.kind === 'absurd') return null;
    return basis.kind === 'none' ? 0 : deps.limits.countedTokens(basis.usage);
  }

  /** Pictures come at once: unless the upstream says that it failed, all that were asked for may have been made. */
  function estimated(outcome: AttemptEnd): Usage {
    const error = upstreamErrorOf(outcome);
    const outputTokens = likelyTokens(answer.bytes);
    const images = error !== undefined && madeNothing(error) ? 0 : hold.images;
    return { ...NO_USAGE, inputTokens: hold.inputTokensEstimate, outputTokens, images };
  }

  function cutReason(outcome: AttemptEnd): ExchangeCut['reason'] | undefined {
    // Without a try, the signal may not have been needed.
    const reason: unknown = controller.signal.reason ?? (outcome.kind === 'failed' && outcome.error);
    return reason instanceof ExchangeCut ? reason.reason : undefined;
  }

  return {
    admission,
    signal: controller.signal,
    /** Resolves when money and text are in the database, or lost for good. */
    recorded,
    observe,
    observeWhole,
    tryTarget,
    tryFailed,
    end,
    exchangeId: hold.exchangeId,
    /** The catalogue's name. */
    modelName: model.name,
    /** Bytes of answer so far. */
    get answerBytes() {
      return answer.bytes;
    },
    get hasClientLeft() {
      return clientHasLeft;
    },
    /** Watches the socket: a response that closes before it was written whole has lost its client. */
    watch(response: ServerResponse): void {
      response.once('close', () => {
        if (!response.writableFinished) clientLeft();
      });
      if (response.destroyed) clientLeft();
    },
    /** The process is going down and cannot wait any longer. */
    cut(): void {
      controller.abort(new ExchangeCut('shutdown'));
    },
  };
}

function costsNothing(error: unknown): boolean {
  if (error instanceof CutCall) return error.served === null;
  return error instanceof UpstreamError && servedNothing(error);
}

/** What failed work has used, where that is known. */
function servedBy(outcome: AttemptEnd): ServedUsage | undefined {
  const error = outcome.kind === 'failed' ? outcome.error : undefined;
  return error instanceof UpstreamError || error instanceof CutCall ? (error.served ?? undefined) : undefined;
}

function upstreamErrorOf(outcome: AttemptEnd): UpstreamError | undefined {
  return outcome.kind === 'failed' && outcome.error instanceof UpstreamError ? outcome.error : undefined;
}

export type Exchange = ReturnType<typeof createExchange>;
