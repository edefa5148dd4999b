// What is left of a key's limits, in the headers that Anthropic's clients read.
import type { RateLimit, RateLimits } from '../../canonical/rate-limits.ts';

/** @param now resets are moments here (RFC 3339), not durations */
export function encodeRateLimits({ requests, tokens }: RateLimits, now: Date): Record<string, string> {
  return { ...headersOf('requests', requests, now), ...headersOf('tokens', tokens, now) };
}

function headersOf(unit: string, limit: RateLimit | undefined, now: Date): Record<string, string> {
  if (limit === undefined) return {};
  // To the second, rounded up: who comes back then has waited long enough.
  const resetAt = new Date(Math.ceil((now.getTime() + Math.max(0, limit.resetMs)) / 1_000) * 1_000);
  return {
    [`anthropic-ratelimit-${unit}-limit`]: String(limit.limit),
    [`anthropic-ratelimit-${unit}-remaining`]: String(limit.remaining),
    [`anthropic-ratelimit-${unit}-reset`]: resetAt.toISOString().replace('.000Z', 'Z'),
  };
}
