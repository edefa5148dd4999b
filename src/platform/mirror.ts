// Something in memory that follows tables of the database: read at the start, and again whenever it may have changed.

export interface MirrorOptions {
  load(): Promise<void>;
  onError(error: unknown): void;
  /** Pause before a failed load is tried again, ms. */
  retryMs: number;
}

export interface Mirror {
  /**
   * Resolves when a load that began after this call has ended; calls that come meanwhile share the next one. Loads
   * never overlap, so an older state never takes the place of a newer one. One that failed is tried again by itself.
   */
  reload(): Promise<void>;
  close(): void;
}

export function createMirror({ load, onError, retryMs }: MirrorOptions): Mirror {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;
  let isClosed = false;

  function reload(): Promise<void> {
    if (next !== undefined) return next;
    if (running === undefined) return start();
    next = running
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        return start();
      });
    return next;
  }

  function start(): Promise<void> {
    clearTimeout(retry);
    running = load().finally(() => {
      running = undefined;
    });
    running.catch((error: unknown) => {
      if (isClosed) return;
      onError(error);
      retry = setTimeout(() => void reload().catch(() => undefined), retryMs);
      retry.unref();
    });
    return running;
  }

  return {
    reload,
    close() {
      isClosed = true;
      clearTimeout(retry);
    },
  };
}
