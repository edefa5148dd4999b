// Token counts in the shape of this API.
import { NO_USAGE, totalInputTokens, type Usage } from '../../../canonical/usage.ts';
import { formatMoney, type Money } from '../../../lib/money.ts';

/** Tokens. `input_tokens` includes the cached ones, unlike the house's `inputTokens`. */
export interface ResponseUsage {
  input_tokens: number;
  input_tokens_details: { cached_tokens: number; cache_write_tokens: number };
  output_tokens: number;
  output_tokens_details: { reasoning_tokens: number };
  total_tokens: number;
  /** USD, only where it was asked for; a JSON number, as in chat completions. */
  cost?: number;
}

/** Usage the upstream did not report is written as zeros: the SDKs' types know no `null`, and billing never reads it. */
export function encodeUsage(reported: Usage | null, cost?: Money): ResponseUsage {
  const usage = reported ?? NO_USAGE;
  const inputTokens = totalInputTokens(usage);
  return {
    input_tokens: inputTokens,
    input_tokens_details: {
      cached_tokens: usage.cacheReadTokens,
      cache_write_tokens: usage.cacheWrite5mTokens + usage.cacheWrite1hTokens,
    },
    output_tokens: usage.outputTokens,
    // Converse does not report it, and it is never estimated.
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: inputTokens + usage.outputTokens,
    ...(cost !== undefined && { cost: Number(formatMoney(cost)) }),
  };
}
