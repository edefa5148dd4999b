// The exchanges under way in this process, so that a shutdown can let them finish, or cut them.
import type { Exchange } from './exchange.ts';

export function createLiveExchanges() {
  const live = new Set<Exchange>();
  let onEmpty: (() => void) | undefined;

  return {
    /** Runs the work of an exchange and forgets it afterwards. */
    async run<T>(exchange: Exchange, work: () => Promise<T>): Promise<T> {
      live.add(exchange);
      try {
        return await work();
      } finally {
        live.delete(exchange);
        if (live.size === 0) onEmpty?.();
      }
    },

    /** Resolves when all have ended; after `graceMs` those that are left are cut. */
    async finish(graceMs: number): Promise<void> {
      if (live.size === 0) return;
      const empty = new Promise<void>((resolve) => {
        onEmpty = resolve;
      });
      const timer = setTimeout(() => {
        for (const exchange of live) exchange.cut();
      }, graceMs);
      await empty;
      clearTimeout(timer);
    },
  };
}

export type LiveExchanges = ReturnType<typeof createLiveExchanges>;
