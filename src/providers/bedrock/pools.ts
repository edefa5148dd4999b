// Keep-alive connections, one pool per endpoint for the whole process.
import { Pool } from 'undici';
import { UpstreamError } from '../../canonical/upstream-error.ts';

/** An idle connection is closed before the endpoint's own time-out is likely to close it under a request. */
const KEEP_ALIVE_MS = 20_000;

export interface Pools {
  /** @throws UpstreamError `connect_failed` after `close` */
  of(origin: string): Pool;
  /** Ends what is still open. */
  close(): Promise<void>;
}

export function createPools({ connections, connectMs }: { connections: number; connectMs: number }): Pools {
  const pools = new Map<string, Pool>();
  let isClosed = false;
  return {
    of(origin) {
      if (isClosed) {
        throw new UpstreamError({ kind: 'connect_failed', message: 'The gateway is shutting down.' });
      }
      let pool = pools.get(origin);
      if (pool === undefined) {
        pool = new Pool(origin, {
          connections,
          pipelining: 1,
          connect: { timeout: connectMs },
          keepAliveTimeout: KEEP_ALIVE_MS,
        });
        pools.set(origin, pool);
      }
      return pool;
    },
    async close() {
      isClosed = true;
      const open = [...pools.values()];
      pools.clear();
      await Promise.all(open.map((pool) => pool.destroy()));
    },
  };
}
