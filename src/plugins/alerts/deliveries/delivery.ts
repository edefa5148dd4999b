// Brings what stands in the outbox to the channels: claims what is due, sends it, writes down how it went. A process
// that dies in between loses its lease, and another one sends the same message again.
import { withTimeLimit } from '../../../lib/time-limit.ts';
import { pauseAfter } from './back-off.ts';
import type { ClaimedDelivery, DeliveryRepository } from './repository.ts';
import type { Outcome, Senders } from './senders.ts';

export interface DeliveryDeps {
  repository: Pick<DeliveryRepository, 'claim' | 'finish'>;
  senders: Pick<Senders, 'send'>;
  /** How long a try may last, ms. */
  timeoutMs: number;
  /** How long a claim holds, ms; longer than a try. */
  leaseMs: number;
  /** From 0 to 1. */
  random(): number;
  log: { warn(facts: object, message: string): void };
}

export interface Delivery {
  /**
   * Sends everything that is due.
   * @param leaseMs instead of the usual one
   * @returns how many tries were made
   */
  deliver(leaseMs?: number): Promise<number>;
  /** One try of a delivery that is claimed already. */
  attempt(claimed: ClaimedDelivery): Promise<Outcome>;
  /** Cuts what is under way and resolves when it is written down. */
  close(): Promise<void>;
}

/** Deliveries that one process sends at a time. */
const BATCH = 20;

export function createDelivery(deps: DeliveryDeps): Delivery {
  const { repository, senders, timeoutMs, log } = deps;
  const closing = new AbortController();
  const underWay = new Set<Promise<unknown>>();

  async function send({ alert, destination, isChannelActive }: ClaimedDelivery): Promise<Outcome> {
    if (!isChannelActive && alert.kind !== 'test')
      return { isDelivered: false, error: 'the channel was switched off', isFinal: true };
    const isOwnerReachable = /^[^\s@<>",;:]+@[^\s@<>",;:]+$/.test(destination.ownerEmail ?? '');
    const to = { ...destination, ownerEmail: isOwnerReachable ? destination.ownerEmail : null };
    return withTimeLimit({ ms: timeoutMs, signal: closing.signal }, (signal) =>
      senders.send(alert, to, signal),
    );
  }

  async function attemptNow(claimed: ClaimedDelivery): Promise<Outcome> {
    const outcome = await send(claimed);
    if (outcome.isDelivered) {
      await repository.finish(claimed, { state: 'delivered', error: null, pauseMs: 0 });
      return outcome;
    }
    const { error, isFinal, retryAfterMs } = outcome;
    const isOver = isFinal === true || claimed.attempt >= claimed.attemptLimit;
    const pauseMs = isOver ? 0 : pauseAfter(claimed.attempt, deps.random(), retryAfterMs);
    await repository.finish(claimed, { state: isOver ? 'failed' : 'pending', error, pauseMs });
    if (isOver)
      log.warn(
        { alertId: claimed.alertId, channelId: claimed.channelId, error },
        'an alert could not be delivered',
      );
    return outcome;
  }

  function attempt(claimed: ClaimedDelivery): Promise<Outcome> {
    const work = attemptNow(claimed);
    const settled = work.catch(() => undefined).finally(() => underWay.delete(settled));
    underWay.add(settled);
    return work;
  }

  return {
    attempt,
    async deliver(leaseMs = deps.leaseMs) {
      let tries = 0;
      while (!closing.signal.aborted) {
        const claimed = await repository.claim(BATCH, leaseMs);
        await Promise.all(claimed.map(attempt));
        tries += claimed.length;
        if (claimed.length < BATCH) break;
      }
      return tries;
    },
    async close() {
      closing.abort();
      await Promise.all(underWay);
    },
  };
}
