// Of things that repeat: which may be said again by now. In memory, for logs.
import { LRUCache } from 'lru-cache';

export interface SeldomOptions {
  /** Between two times of the same, ms. */
  everyMs: number;
  /** Milliseconds of a monotonic clock. */
  now(): number;
}

/** What is forgotten is said again. */
const MAX_KEYS = 1_000;

/** @returns whether the thing of this key may be said now; if so, it counts as said */
export function createSeldom({ everyMs, now }: SeldomOptions): (key: string) => boolean {
  const saidAt = new LRUCache<string, number>({ max: MAX_KEYS });
  return (key) => {
    const last = saidAt.get(key);
    if (last !== undefined && now() - last < everyMs) return false;
    saidAt.set(key, now());
    return true;
  };
}
