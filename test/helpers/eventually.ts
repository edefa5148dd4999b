// Waiting for what no event tells of: another process's work, seen in the database.
import { setTimeout as pause } from 'node:timers/promises';

const PAUSE_MS = 25;

/** Resolves as soon as the claim holds. @throws when it does not within `limitMs` */
export async function eventually(claim: () => Promise<boolean>, limitMs = 20_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await claim())) {
    if (performance.now() > end) throw new Error(`not within ${limitMs} ms: ${claim}`);
    await pause(PAUSE_MS);
  }
}
