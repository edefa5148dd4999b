// Which tokens of an answer count towards tokens per minute. Pure.
import type { Usage } from '../../canonical/usage.ts';

/** Cache reads cost upstream next to nothing, so they count only where the operator says so. */
export function countedTokens(usage: Usage, countsCacheReads: boolean): number {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens } = usage;
  const work = inputTokens + outputTokens + cacheWrite5mTokens + cacheWrite1hTokens;
  return countsCacheReads ? work + cacheReadTokens : work;
}
