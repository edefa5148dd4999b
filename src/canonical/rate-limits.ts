// How much of a key's requests and tokens per minute is left, in the house's words; each dialect has headers of its own.

export interface RateLimit {
  /** Per minute. */
  limit: number;
  /** Never negative. */
  remaining: number;
  /** Until all of it is there again, ms. */
  resetMs: number;
}

/** Undefined: there is no such limit. */
export interface RateLimits {
  requests: RateLimit | undefined;
  tokens: RateLimit | undefined;
}
