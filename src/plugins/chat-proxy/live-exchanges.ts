// The exchanges under way in this process, so that a shutdown can let them finish, or cut them.
import { Refusal } from '../../canonical/refusal.ts';
import { withDeadline } from '../../lib/deadline.ts';
import type { Exchange } from './exchange.ts';

export interface ShutdownLimits {
  /** For answers under way; those that are left are cut, ms. */
  graceMs: number;
  /** For the records of what has ended, ms. */
  recordMs: number;
}

/** What was cut ends at once, or nobody knows when. */
const CUT_MS = 2_000;
const STOPPING = 'This gateway is stopping; another one, or the next, takes the request.';

export function createLiveExchanges() {
  const live = new Map<Exchange, Promise<unknown>>();
  const unrecorded = new Set<Promise<void>>();
  /** Bytes of answer that were noted last. */
  const noted = new WeakMap<Exchange, number>();
  /** Requests that may have a hold, and no exchange yet. */
  const entering = new Set<Promise<unknown>>();
  let isClosing = false;
  let isCut = false;

  async function untilNoneIsLeft(): Promise<void> {
    while (entering.size + live.size > 0) {
      await Promise.allSettled([...entering, ...live.values()]);
      // Who has just come in is under way by then.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  return {
    /**
     * Admits; what it lets in must be under way in the same turn.
     *
     * @throws Refusal once a shutdown has begun, before anything is held
     */
    async enter<T>(admit: () => Promise<T>): Promise<T> {
      if (isClosing) throw new Refusal('service_unavailable', STOPPING, { retryAfterSeconds: 1 });
      const work = admit();
      entering.add(work);
      const leave = () => entering.delete(work);
      work.then(leave, leave);
      return work;
    },

    /** Runs the work of an exchange and remembers it until it is recorded. */
    run<T>(exchange: Exchange, work: () => Promise<T>): Promise<T> {
      if (isCut) exchange.cut();
      const running = work();
      const { recorded } = exchange;
      live.set(exchange, running);
      unrecorded.add(recorded);
      const forget = () => live.delete(exchange);
      running.then(forget, forget);
      void recorded.then(() => unrecorded.delete(recorded));
      return running;
    },

    count: () => live.size,

    /** What has arrived of each answer, where that is more than the last time. */
    progress(): { exchangeId: string; answerBytes: number }[] {
      return [...live.keys()].flatMap((exchange) => {
        const { exchangeId, answerBytes } = exchange;
        if (answerBytes === (noted.get(exchange) ?? 0)) return [];
        noted.set(exchange, answerBytes);
        return [{ exchangeId, answerBytes }];
      });
    },

    /** Resolves when all have ended and are recorded, or the limits have passed. */
    async finish({ graceMs, recordMs }: ShutdownLimits): Promise<void> {
      isClosing = true;
      const cutAll = setTimeout(() => {
        isCut = true;
        for (const exchange of live.keys()) exchange.cut();
      }, graceMs);
      const left = () => new Error('not all have ended');
      await withDeadline(untilNoneIsLeft(), graceMs + CUT_MS, left).catch(() => undefined);
      clearTimeout(cutAll);
      const recording = Promise.allSettled(unrecorded);
      await withDeadline(recording, recordMs, () => new Error('not all is recorded')).catch(() => undefined);
    },
  };
}

export type LiveExchanges = ReturnType<typeof createLiveExchanges>;
