// The exchanges under way in this process, so that a shutdown can let them finish, or cut them.
import { withDeadline } from '../../lib/deadline.ts';
import type { Exchange } from './exchange.ts';

export interface ShutdownLimits {
  /** For answers under way; those that are left are cut, ms. */
  graceMs: number;
  /** For the records of what has ended, ms. */
  recordMs: number;
}

export function createLiveExchanges() {
  const live = new Map<Exchange, Promise<unknown>>();
  const unrecorded = new Set<Promise<void>>();
  /** Bytes of answer that were noted last. */
  const noted = new WeakMap<Exchange, number>();

  return {
    /** Runs the work of an exchange and remembers it until it is recorded. */
    run<T>(exchange: Exchange, work: () => Promise<T>): Promise<T> {
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
      const cutAll = setTimeout(() => {
        for (const exchange of live.keys()) exchange.cut();
      }, graceMs);
      await Promise.allSettled(live.values());
      clearTimeout(cutAll);
      const recording = Promise.allSettled(unrecorded);
      await withDeadline(recording, recordMs, () => new Error('not all is recorded')).catch(() => undefined);
    },
  };
}

export type LiveExchanges = ReturnType<typeof createLiveExchanges>;
