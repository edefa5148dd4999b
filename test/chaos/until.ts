// Waiting for what nobody announces.
import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 50;

/** @throws when it has not become true in time */
export async function until(
  what: string,
  withinMs: number,
  isTrue: () => boolean | Promise<boolean>,
): Promise<void> {
  for (const deadline = performance.now() + withinMs; performance.now() < deadline; await pause(POLL_MS))
    if (await isTrue()) return;
  throw new Error(`not within ${withinMs} ms: ${what}`);
}
