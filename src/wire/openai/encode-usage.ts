// Token counts in OpenAI's shape.
import { NO_USAGE, totalInputTokens, type Usage } from '../../canonical/usage.ts';
import { formatMoney, type Money } from '../../lib/money.ts';

/** Tokens. `prompt_tokens` includes the cached ones, unlike the house's `inputTokens`. */
export interface CompletionUsage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  prompt_tokens_details: { cached_tokens: number; cache_write_tokens: number; audio_tokens: number };
  completion_tokens_details: {
    reasoning_tokens: number;
    audio_tokens: number;
    accepted_prediction_tokens: number;
    rejected_prediction_tokens: number;
  };
  /**
   * USD, only where it was asked for. A JSON number, as the tools that read it from other gateways expect; doubles hold
   * every fee below 100,000 USD exactly.
   */
  cost?: number;
}

/**
 * Usage the upstream did not report is written as zeros, because the SDKs' types know no `null` here. This is for
 * the client's eyes only: billing reads the canonical usage, where unknown stays `null`.
 */
export function encodeUsage(reported: Usage | null, cost?: Money): CompletionUsage {
  const usage = reported ?? NO_USAGE;
  const promptTokens = totalInputTokens(usage);
  return {
    prompt_tokens: promptTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: promptTokens + usage.outputTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cacheReadTokens,
      cache_write_tokens: usage.cacheWrite5mTokens + usage.cacheWrite1hTokens,
      audio_tokens: 0,
    },
    completion_tokens_details: {
      // Converse does not report it, and it is never estimated.
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
    ...(cost !== undefined && { cost: Number(formatMoney(cost)) }),
  };
}
