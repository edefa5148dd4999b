// Batches that form by themselves: while one runs, the next one gathers. A lone item waits for nothing; under load a
// batch may wait a moment for company, because many small batches cost more than few large ones.

import { setTimeout as pause } from 'node:timers/promises';

export interface Batcher<Item, Result> {
  /** Resolves with the item's own result, or rejects with the error that its batch, or it alone, met. */
  add(item: Item): Promise<Result>;
  /** Resolves when nothing waits and nothing runs. */
  idle(): Promise<void>;
}

export interface BatcherOptions<Item, Result> {
  /** Results in the order of the items. */
  run(items: readonly Item[]): Promise<readonly Result[]>;
  maxItems: number;
  /** How long a batch that follows another one waits for more items, ms; default 0. */
  gatherMs?: number;
  /** True for an error that one item's data may have caused: the batch is then run item by item. */
  isItemFault?(error: unknown): boolean;
}

interface Waiting<Item, Result> {
  item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

export function createBatcher<Item, Result>(options: BatcherOptions<Item, Result>): Batcher<Item, Result> {
  let waiting: Waiting<Item, Result>[] = [];
  let isRunning = false;
  let idleListeners: (() => void)[] = [];
  const { gatherMs = 0 } = options;

  async function runOnce(batch: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await options.run(batch.map((entry) => entry.item));
      for (const [index, entry] of batch.entries()) {
        // `run` answers one result per item; a shorter answer is its bug and must not leave a caller waiting.
        if (index < results.length) entry.resolve(results[index] as Result);
        else entry.reject(new Error('batch answered fewer results than items'));
      }
    } catch (error) {
      if (batch.length > 1 && options.isItemFault?.(error)) for (const entry of batch) await runOnce([entry]);
      else for (const entry of batch) entry.reject(error);
    }
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, options.maxItems);
      waiting = waiting.slice(options.maxItems);
      await runOnce(batch);
      if (batch.length > 1 && gatherMs > 0 && waiting.length < options.maxItems) await pause(gatherMs);
    }
    isRunning = false;
    const listeners = idleListeners;
    idleListeners = [];
    for (const listener of listeners) listener();
  }

  return {
    add(item) {
      return new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        if (isRunning) return;
        isRunning = true;
        // All requests that the same turn of the event loop reads go together.
        setImmediate(() => void drain());
      });
    },
    idle() {
      return isRunning ? new Promise((resolve) => idleListeners.push(resolve)) : Promise.resolve();
    },
  };
}
