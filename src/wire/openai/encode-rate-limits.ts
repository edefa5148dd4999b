// What is left of a key's limits, in the headers that OpenAI's clients read.
import type { RateLimit, RateLimits } from '../../canonical/rate-limits.ts';

export function encodeRateLimits({ requests, tokens }: RateLimits): Record<string, string> {
  return { ...headersOf('requests', requests), ...headersOf('tokens', tokens) };
}

function headersOf(unit: string, limit: RateLimit | undefined): Record<string, string> {
  if (limit === undefined) return {};
  return {
    [`x-ratelimit-limit-${unit}`]: String(limit.limit),
    [`x-ratelimit-remaining-${unit}`]: String(limit.remaining),
    [`x-ratelimit-reset-${unit}`]: encodeDuration(limit.resetMs),
  };
}

/** `120ms`, `1s`, `6m0s`: rounded up, so that who waits so long has waited long enough. */
export function encodeDuration(ms: number): string {
  const whole = Math.max(0, Math.ceil(ms));
  if (whole < 1_000) return `${whole}ms`;
  const seconds = Math.ceil(whole / 1_000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
