// Token counts for the screen.
import { NOTHING } from './money.ts';

/** `12345` -> `12,345`; a count nobody reported -> a dash, never 0. */
export function formatTokens(count: unknown): string {
  if (typeof count !== 'number' || !Number.isFinite(count)) return NOTHING;
  return Math.trunc(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

interface InputCounts {
  tokens_in: number;
  tokens_cache_read: number;
  tokens_cache_write_5m: number;
  tokens_cache_write_1h: number;
}

/** The input tokens that were neither read from nor written to a cache. */
export function freshTokens(counts: InputCounts): number {
  const cached = counts.tokens_cache_read + counts.tokens_cache_write_5m + counts.tokens_cache_write_1h;
  return Math.max(0, counts.tokens_in - cached);
}
