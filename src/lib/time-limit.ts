// A signal with a deadline of its own. `AbortSignal.any` and `AbortSignal.timeout` are not used for it: Node 20 holds
// the timeout weakly there, and after a garbage collection it never fires.

export interface TimeLimit {
  ms: number;
  /** Ends the work earlier. */
  signal: AbortSignal;
}

/** Does work under a signal that is aborted with `signal`, or after `ms`; whichever comes first. */
export async function withTimeLimit<T>(
  { ms, signal }: TimeLimit,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const end = () => over.abort(signal.reason);
  const timer = setTimeout(() => over.abort(new DOMException('it took too long', 'TimeoutError')), ms);
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  try {
    return await work(over.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}
