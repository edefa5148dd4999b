// One admitted request from its hold to its settlement. Whatever ends it (the answer's end, an upstream error, a
// client that left, a shutdown) calls `end()`, which works once.
import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { ChatAnswer, ChatEvent } from '../../canonical/event.ts';
import { Refusal } from '../../canonical/refusal.ts';
import { servedNothing, UpstreamError } from '../../canonical/upstream-error.ts';
import { bytesOf, likelyTokens, type Usage } from '../../canonical/usage.ts';
import type { ProviderCall } from '../../providers/provider.ts';
import type { Charge, ChargeBasis } from '../billing/index.ts';
import type { SpokenExchange, ThreadStatus } from '../threads/index.ts';
import type { Admitted } from './admission.ts';
import { type AttemptEnd, describeAttempt } from './attempt.ts';
import type { Drains } from './drains.ts';
import type { Meters } from './meters.ts';

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
export type Spoken = Pick<SpokenExchange, 'logging' | 'sessionKey' | 'prompt' | 'wholePrompt'>;

/** Why the upstream call was cut by us. */
export class ExchangeCut extends Error {
  readonly reason: 'drain_ended' | 'shutdown';
  constructor(reason: 'drain_ended' | 'shutdown') {
    super(reason);
    this.name = 'ExchangeCut';
    this.reason = reason;
  }
}

export function createExchange(deps: ExchangeDeps, admitted: Admitted, spoken: Spoken) {
  const { admission, hold, model, request, ticket } = admitted;
  const call: ProviderCall = { admission, request };
  const controller = new AbortController();
  const startedAt = deps.now();
  let firstByteAt: number | undefined;
  let upstreamRequestId: string | undefined;
  let completion = '';
  let usage: Usage | null | undefined;
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
      if (event.type === 'text-delta') completion += event.text;
      else if (event.type === 'usage') usage = event.usage;
      else if (event.type === 'start') upstreamRequestId = event.upstreamRequestId;
    }
    if (completion.length > drainedAt && usage === undefined) cutDrain();
  }

  function observeAnswer(answer: ChatAnswer): void {
    firstByteAt ??= deps.now();
    ({ upstreamRequestId } = answer);
    for (const block of answer.content) completion += block.text;
    usage = answer.isUsageAbsurd ? null : (answer.usage ?? undefined);
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
    drainedAt = completion.length + bytesOf(limits.maxTokens);
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
    // Refused by our own encoder: nothing was sent, so nothing is charged and no thread is made.
    if (outcome.kind === 'failed' && outcome.error instanceof Refusal) {
      ticket?.cancel();
      deps.billing.release(hold).catch(deps.onSettlementLost).finally(markRecorded);
      return undefined;
    }
    const latencyMs = Math.round(deps.now() - startedAt);
    const firstByteMs = firstByteAt === undefined ? null : Math.round(firstByteAt - startedAt);
    const status = statusOf(outcome);
    const basis = basisOf(outcome);
    const charge = deps.billing.chargeOf({ hold, basis });
    ticket?.end({ tokens: countedTokens(basis) });
    const attempt = describeAttempt({ target: admission.target, end: outcome, upstreamRequestId, latencyMs });
    const settled = deps.billing.settle({
      hold,
      status,
      charge,
      firstByteMs,
      latencyMs,
      attempts: [attempt],
    });
    deps.meters.ended({ model: model.name, status, charge, firstByteMs, latencyMs });
    settled.then(() => recordText(outcome), deps.onSettlementLost).then(markRecorded, markRecorded);
    return charge;
  }

  function recordText(outcome: AttemptEnd): Promise<void> {
    return deps.threads.record({
      exchangeId: hold.exchangeId,
      keyId: hold.keyId,
      isStreamed: hold.isStreamed,
      isComplete: outcome.kind === 'answered',
      completion,
      startedAt: hold.startedAt,
      ...spoken,
    });
  }

  function statusOf(outcome: AttemptEnd): ThreadStatus {
    if (outcome.kind === 'answered') return clientHasLeft ? 'client_closed' : 'ok';
    const cut = cutReason();
    if (cut === 'shutdown') return 'shutdown';
    if (cut === 'drain_ended') return 'client_closed';
    if (!(outcome.error instanceof UpstreamError)) return 'upstream_error';
    const { kind } = outcome.error;
    if (kind === 'throttled' || kind === 'not_ready' || kind === 'quota') return 'upstream_throttled';
    return kind === 'timeout' ? 'upstream_timeout' : 'upstream_error';
  }

  function basisOf(outcome: AttemptEnd): ChargeBasis {
    if (usage === null) return { kind: 'absurd' };
    if (usage !== undefined) return { kind: 'reported', usage, isDrained: clientHasLeft };
    const failedEarly = outcome.kind === 'failed' && firstByteAt === undefined;
    if (failedEarly && outcome.error instanceof UpstreamError && servedNothing(outcome.error))
      return { kind: 'none' };
    return { kind: 'estimated', usage: estimated() };
  }

  /** Null: what was reported is nonsense. */
  function countedTokens(basis: ChargeBasis): number | null {
    if (basis.kind === 'absurd') return null;
    return basis.kind === 'none' ? 0 : deps.limits.countedTokens(basis.usage);
  }

  function estimated(): Usage {
    const outputTokens = likelyTokens(Buffer.byteLength(completion));
    return {
      inputTokens: hold.inputTokensEstimate,
      outputTokens,
      cacheReadTokens: 0,
      cacheWrite5mTokens: 0,
      cacheWrite1hTokens: 0,
    };
  }

  function cutReason(): ExchangeCut['reason'] | undefined {
    const { reason } = controller.signal;
    return reason instanceof ExchangeCut ? reason.reason : undefined;
  }

  return {
    call,
    signal: controller.signal,
    /** Resolves when money and text are in the database, or lost for good. */
    recorded,
    observe,
    observeAnswer,
    end,
    exchangeId: hold.exchangeId,
    /** Bytes of answer so far. */
    get answerBytes() {
      return Buffer.byteLength(completion);
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

export type Exchange = ReturnType<typeof createExchange>;
