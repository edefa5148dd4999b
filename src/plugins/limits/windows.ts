// Counters of what was used in a window: in this process, or in Valkey for all replicas. A window begins with its
// first use, and takes whatever is added to it: who may add is not decided here.
import { RateLimiterMemory, RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import { PREFIX, type Valkey } from './valkey.ts';

export interface WindowReading {
  /** With what was just added. */
  used: number;
  /** Until the window ends, ms. */
  resetMs: number;
  /** Where and until when it counts, to give back from the same window only. */
  place: { isShared: boolean; endsAt: number };
}

export interface WindowsOptions {
  windowSeconds: number;
  valkey: Valkey | undefined;
  /** Milliseconds of any clock that goes on evenly. */
  now(): number;
}

export function createWindows({ windowSeconds, valkey, now }: WindowsOptions) {
  // The library's own verdict is not used: a limit is the key's and may change while its window runs.
  const options = { points: Number.MAX_SAFE_INTEGER, duration: windowSeconds, keyPrefix: PREFIX };
  const local = new RateLimiterMemory(options);
  const shared = valkey && new RateLimiterRedis({ ...options, storeClient: valkey.client });

  /** Counts in Valkey, or here when it is away. Never fails. */
  async function add(counter: string, amount: number): Promise<WindowReading> {
    if (valkey !== undefined && shared !== undefined) {
      const answer = await valkey.ask(() => shared.penalty(counter, amount));
      if (answer !== undefined) return toReading(answer, true);
    }
    return toReading(await local.penalty(counter, amount), false);
  }

  function toReading({ consumedPoints, msBeforeNext }: RateLimiterRes, isShared: boolean): WindowReading {
    const resetMs = Math.max(0, Math.ceil(msBeforeNext));
    return { used: consumedPoints, resetMs, place: { isShared, endsAt: now() + resetMs } };
  }

  return {
    add,
    /** Takes back what was added there. A window that is over has forgotten it, and its successor owes nothing. */
    async giveBack(counter: string, amount: number, { place }: WindowReading): Promise<void> {
      if (now() >= place.endsAt) return;
      if (!place.isShared) await local.reward(counter, amount);
      else await valkey?.ask(async () => shared?.reward(counter, amount));
    },
  };
}

export type Windows = ReturnType<typeof createWindows>;
