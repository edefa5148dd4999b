// What one exchange used: tokens, and pictures where it made some. Imports nothing.

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
  /** Pictures made; only work that makes some has it. */
  images?: number;
}

/** Nothing used. */
export const NO_USAGE: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
};

/** Token counts as an upstream that may count cached input twice reports them. */
export interface ReportedUsage extends Usage {
  /** All input and output; null: not reported. */
  totalTokens: number | null;
}

/**
 * The one place where cached input is taken out of `inputTokens`. The total, where there is one that can be true,
 * says what is fresh under either convention; else the model's flag decides. A flag that cannot be true of this
 * report (more cached than input) is ignored; fresh input is never more than what was reported.
 */
export function separateCached(
  { totalTokens, ...usage }: ReportedUsage,
  { inputIncludesCached }: { inputIncludesCached: boolean },
): Usage {
  const cached = usage.cacheReadTokens + usage.cacheWrite5mTokens + usage.cacheWrite1hTokens;
  const byTotal = totalTokens === null ? -1 : totalTokens - usage.outputTokens - cached;
  if (byTotal >= 0 && byTotal <= usage.inputTokens) return { ...usage, inputTokens: byTotal };
  const byFlag = usage.inputTokens - cached;
  return inputIncludesCached && byFlag >= 0 ? { ...usage, inputTokens: byFlag } : usage;
}

/** Bytes of text per token, for counts that nobody reports: close to the truth, not an upper bound. */
const LIKELY_BYTES_PER_TOKEN = 4;

/** A fair count of tokens for so many bytes of text. */
export function likelyTokens(bytes: number): number {
  return Math.ceil(bytes / LIKELY_BYTES_PER_TOKEN);
}

/** Bytes of text that probably make so many tokens. */
export function bytesOf(tokens: number): number {
  return tokens * LIKELY_BYTES_PER_TOKEN;
}

/** All input of a request: fresh, read from the cache and written to it. */
export function totalInputTokens(usage: Usage): number {
  return usage.inputTokens + usage.cacheReadTokens + usage.cacheWrite5mTokens + usage.cacheWrite1hTokens;
}
