// Why the gateway itself refuses a request, in the house's words; each dialect spells it in its own way.

import type { RateLimits } from './rate-limits.ts';

export type RefusalKind =
  | 'no_key'
  | 'bad_key'
  | 'forbidden'
  | 'model_not_found'
  | 'model_not_allowed'
  | 'invalid_json'
  | 'missing_parameter'
  | 'invalid_type'
  | 'invalid_value'
  | 'unsupported_parameter'
  | 'unsupported_value'
  | 'context_length'
  | 'insufficient_quota'
  | 'requests_limit'
  | 'tokens_limit'
  | 'tokens_beyond_limit'
  | 'parallel_limit'
  | 'too_large'
  | 'unsupported_media_type'
  | 'unknown_route'
  | 'method_not_allowed'
  | 'service_unavailable'
  | 'internal';

/** Thrown before anything was sent upstream; nothing is charged and no thread is made. */
export class Refusal extends Error {
  readonly kind: RefusalKind;
  /** Path of the field in the body, e.g. `messages[0].content`; null when no field is to blame. */
  readonly param: string | null;
  /** May be a fraction. */
  readonly retryAfterSeconds: number | undefined;
  /** What is left of the caller's limits, where one of them refuses. */
  readonly rateLimits: RateLimits | undefined;

  constructor(
    kind: RefusalKind,
    message: string,
    options: {
      param?: string | null;
      retryAfterSeconds?: number | undefined;
      rateLimits?: RateLimits;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'Refusal';
    this.kind = kind;
    this.param = options.param ?? null;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.rateLimits = options.rateLimits;
  }
}
