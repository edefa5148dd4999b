// Token counts of one exchange. Imports nothing.

/**
 * Tokens as integers. The three input kinds that are not fresh have prices of their own, so they are never
 * added into `inputTokens` (Converse `TokenUsage`: inputTokens excludes cache reads and writes).
 */
export interface Usage {
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWrite5mTokens: number;
  cacheWrite1hTokens: number;
}

/** All input of a request: fresh, read from the cache and written to it. */
export function totalInputTokens(usage: Usage): number {
  return usage.inputTokens + usage.cacheReadTokens + usage.cacheWrite5mTokens + usage.cacheWrite1hTokens;
}
