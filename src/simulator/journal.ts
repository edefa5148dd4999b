// What the simulator was asked and what it really served: the truth that money tests compare the ledger with.
import type { Operation } from './operation.ts';

const MAX_ENTRIES = 10_000;
// Large prompts must not make the journal outgrow the process: the oldest requests lose their body first.
const MAX_REQUEST_BYTES = 64 * 1024 * 1024;
const WAIT_LIMIT_MS = 10_000;

export interface JournalEntry {
  /** The answer's `x-amzn-requestid`. */
  readonly id: string;
  readonly operation: Operation;
  /** Decoded; as sent when it could not be. */
  modelId: string;
  /** Epoch milliseconds at which the request was complete. */
  readonly at: number;
  /** The parsed body; null when it was not JSON, or has been dropped to save memory. */
  request: unknown;
  readonly headers: JournalHeaders;
  /**
   * `open` while in progress; `ok`; an exception's name; `cut` when a script ended the answer short (cut, half a
   * frame, bad CRC, end without `messageStop`); `client_closed`; `http_N` for a raw answer.
   */
  status: string;
  /** Usage as reported to the caller, word for word; null when it was not. */
  usage: unknown;
  /** Text that left for the caller. */
  outputText: string;
  /** Frames that left; 1 for the body of a whole answer. */
  framesWritten: number;
  finishedAt: number | null;
}

export interface JournalHeaders {
  /** Only the scheme. */
  authorization: string | null;
  userAgent: string | null;
  /** `amz-sdk-invocation-id` */
  invocationId: string | null;
  /** `amz-sdk-request`, e.g. `attempt=1; max=3` */
  attempt: string | null;
}

export interface Journal {
  /** Oldest first, at most the last 10,000. */
  entries(): JournalEntry[];
  /** The first entry, past or to come, that satisfies the predicate; rejects after `timeoutMs` (10 s). */
  waitFor(predicate: (entry: JournalEntry) => boolean, timeoutMs?: number): Promise<JournalEntry>;
  clear(): void;
}

export interface JournalWriter extends Journal {
  begin(entry: JournalEntry, requestBytes: number): void;
  /** Sets the final status and tells those who wait; only the first call counts. */
  finish(entry: JournalEntry, status: string): void;
}

/** `isKept: false` keeps nothing, for benchmarks. */
export function createJournal(isKept: boolean): JournalWriter {
  // A ring: `oldest` is where the next entry goes once it is full.
  let ring: { entry: JournalEntry; bytes: number }[] = [];
  let oldest = 0;
  let requestBytesKept = 0;
  // So many entries, from the oldest on, have lost their request.
  let stripped = 0;
  const watchers = new Set<(entry: JournalEntry) => void>();

  function changed(entry: JournalEntry): void {
    for (const watcher of [...watchers]) watcher(entry);
  }

  function stripOldRequests(): void {
    while (requestBytesKept > MAX_REQUEST_BYTES) {
      const item = ring[(oldest + stripped) % ring.length];
      if (item === undefined) return;
      item.entry.request = null;
      requestBytesKept -= item.bytes;
      item.bytes = 0;
      stripped += 1;
    }
  }

  const entries = () => [...ring.slice(oldest), ...ring.slice(0, oldest)].map((item) => item.entry);

  return {
    entries,
    waitFor(predicate, timeoutMs = WAIT_LIMIT_MS) {
      const found = entries().find(predicate);
      if (found !== undefined) return Promise.resolve(found);
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          watchers.delete(look);
          reject(new Error(`no journal entry satisfied the predicate within ${timeoutMs} ms`));
        }, timeoutMs);
        const look = (entry: JournalEntry) => {
          if (!predicate(entry)) return;
          clearTimeout(timer);
          watchers.delete(look);
          resolve(entry);
        };
        watchers.add(look);
      });
    },
    begin(entry, bytes) {
      if (!isKept) return;
      if (ring.length < MAX_ENTRIES) ring.push({ entry, bytes });
      else {
        requestBytesKept -= ring[oldest]?.bytes ?? 0;
        ring[oldest] = { entry, bytes };
        oldest = (oldest + 1) % MAX_ENTRIES;
        stripped = Math.max(0, stripped - 1);
      }
      requestBytesKept += bytes;
      if (requestBytesKept > MAX_REQUEST_BYTES) stripOldRequests();
      changed(entry);
    },
    finish(entry, status) {
      if (entry.finishedAt !== null) return;
      entry.status = status;
      entry.finishedAt = Date.now();
      if (isKept) changed(entry);
    },
    clear() {
      ring = [];
      oldest = 0;
      requestBytesKept = 0;
      stripped = 0;
    },
  };
}
