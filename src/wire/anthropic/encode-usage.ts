// Token counts in Anthropic's shape, which like the house's keeps cached input apart.
import { NO_USAGE, type Usage } from '../../canonical/usage.ts';
import { formatMoney, type Money } from '../../lib/money.ts';

/** Tokens. What Bedrock does not report is null, as the API writes it. */
export interface MessageUsage {
  input_tokens: number;
  output_tokens: number;
  cache_creation_input_tokens: number;
  cache_read_input_tokens: number;
  cache_creation: { ephemeral_5m_input_tokens: number; ephemeral_1h_input_tokens: number };
  output_tokens_details: null;
  server_tool_use: null;
  service_tier: 'standard' | 'priority';
  inference_geo: null;
  speed: null;
  /**
   * USD, only where it was asked for. A JSON number, as the tools that read it from other gateways expect; doubles hold
   * every fee below 100,000 USD exactly.
   */
  cost?: number;
}

/**
 * Usage the upstream did not report is written as zeros, because the API's types know no `null` here. This is for the
 * client's eyes only: billing reads the canonical usage, where unknown stays `null`.
 */
export function encodeUsage(
  reported: Usage | null,
  { serviceTier, cost }: { serviceTier?: string | undefined; cost?: Money | undefined } = {},
): MessageUsage {
  const usage = reported ?? NO_USAGE;
  return {
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    cache_creation_input_tokens: usage.cacheWrite5mTokens + usage.cacheWrite1hTokens,
    cache_read_input_tokens: usage.cacheReadTokens,
    cache_creation: {
      ephemeral_5m_input_tokens: usage.cacheWrite5mTokens,
      ephemeral_1h_input_tokens: usage.cacheWrite1hTokens,
    },
    output_tokens_details: null,
    server_tool_use: null,
    service_tier: serviceTier === 'priority' ? 'priority' : 'standard',
    inference_geo: null,
    speed: null,
    ...(cost !== undefined && { cost: Number(formatMoney(cost)) }),
  };
}

/** For the start of a stream: our own count of the input, before the upstream has counted. */
export function estimatedUsage(inputTokens: number): MessageUsage {
  return encodeUsage({ ...NO_USAGE, inputTokens });
}
