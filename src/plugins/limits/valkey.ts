// The optional Valkey or Redis that replicas share their counters through. It may go at any moment: whoever asks it
// gets an answer or `undefined` at once, and the operator one line per outage.
import { Redis } from 'ioredis';
import { withDeadline } from '../../lib/deadline.ts';

/** A counter that takes longer delays a paid request more than it is worth. */
const COMMAND_MS = 100;
const CONNECT_MS = 1_000;
const RETRY_MS = 500;
/** A connection that stands for so many tries and does not get ready is given up for another one. */
const PATIENCE = 10;

export interface ValkeyOptions {
  url: string;
  log: { warn(facts: object, message: string): void; info(message: string): void };
}

/** Keys of this room; a server may have other users. */
export const PREFIX = 'brconnector:limits';

export function createValkey({ url, log }: ValkeyOptions) {
  // ioredis knows the older names of the same protocol only.
  const client = new Redis(url.replace(/^valkey/, 'redis'), {
    lazyConnect: true,
    // A command fails at once when there is no connection, and is never sent twice: counters would count twice.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: CONNECT_MS,
    retryStrategy: () => RETRY_MS,
    connectionName: 'brconnector',
  });
  let isAway = true;
  let isClosed = false;
  let isTold = false;
  let isTrying = false;
  let trouble: unknown;
  const restorations: (() => Promise<unknown>)[] = [];

  client.on('error', (error) => {
    trouble = error;
  });
  client.on('close', () => lost(trouble));
  client.on('ready', () => void comeBack());
  let unready = 0;
  const timer = setInterval(() => {
    unready = client.status === 'connect' ? unready + 1 : 0;
    if (unready > 0 && unready % PATIENCE === 0) client.disconnect(true);
    void comeBack();
  }, RETRY_MS);
  timer.unref();

  function lost(error: unknown): void {
    isAway = true;
    if (isTold || isClosed) return;
    isTold = true;
    log.warn({ reason: reasonOf(error) }, 'Valkey is away: rate limits count per replica');
  }

  /** It is back when it takes writes, and when it knows again what is under way here. */
  async function comeBack(): Promise<void> {
    if (!isAway || isTrying || isClosed || client.status !== 'ready') return;
    isTrying = true;
    try {
      await inTime(client.set(`${PREFIX}:probe`, '1', 'EX', 60));
      await inTime(Promise.all(restorations.map((restore) => restore())));
      isAway = false;
      trouble = undefined;
      if (isTold) log.info('Valkey is back: rate limits count over all replicas');
      isTold = false;
    } catch (error) {
      lost(error);
      // The connection may be a dead one that nobody has closed.
      client.disconnect(true);
    } finally {
      isTrying = false;
    }
  }

  return {
    client,
    get isAway() {
      return isAway;
    },
    /** Not a failure when it is away: the limits are not worth a gateway that does not start. */
    async open(): Promise<void> {
      const opening = client.connect().then(comeBack);
      await withDeadline(opening, CONNECT_MS, () => tooSlow(CONNECT_MS)).catch(lost);
    },
    /** Runs before it counts as back. */
    onReturn(restore: () => Promise<unknown>): void {
      restorations.push(restore);
    },
    /** @returns undefined when it is away, or went away over it */
    async ask<T>(question: () => Promise<T>): Promise<T | undefined> {
      if (isAway) return undefined;
      try {
        return await inTime(question());
      } catch (error) {
        lost(error);
        return undefined;
      }
    },
    async close(): Promise<void> {
      isClosed = true;
      clearInterval(timer);
      // What was said last, the end of slots, is said before the connection ends.
      if (client.status === 'ready') await inTime(client.quit()).catch(() => undefined);
      client.disconnect();
    },
  };
}

/**
 * Rejects when the answer takes too long. A process that was busy itself for so long reads first what has arrived
 * meanwhile: that was not the server's fault.
 */
function inTime<T>(answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => setImmediate(() => reject(tooSlow(COMMAND_MS))), COMMAND_MS);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function tooSlow(afterMs: number): Error {
  return new Error(`no answer within ${afterMs} ms`);
}

/** Several addresses that refuse are one error without a message. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'the connection was closed';
  return error.message || ('code' in error ? String(error.code) : error.name);
}

export type Valkey = ReturnType<typeof createValkey>;
