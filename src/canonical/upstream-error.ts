// What can go wrong upstream, in the house's words. Imports only its neighbours.
import type { Usage } from './usage.ts';

/**
 * - `rejected`, `context_length`: the request is wrong (Bedrock ValidationException)
 * - `conflict`: it collides with the state of something upstream (ConflictException)
 * - `model_access`, `not_found`: the model cannot be had by this account or does not exist
 * - `auth`: our own credentials are wrong; never the client's fault
 * - `throttled`, `not_ready`, `quota`, `unavailable`: nothing was served, try later
 * - `connect_failed`: nothing was sent
 * - `internal`, `model_error`, `timeout`, `reset`: the request was sent; whether work was done is unknown
 * - `incomplete`: the stream ended without a finish; `malformed`: it could not be read
 */
export type UpstreamErrorKind =
  | 'rejected'
  | 'context_length'
  | 'conflict'
  | 'model_access'
  | 'not_found'
  | 'auth'
  | 'throttled'
  | 'not_ready'
  | 'quota'
  | 'unavailable'
  | 'connect_failed'
  | 'internal'
  | 'model_error'
  | 'timeout'
  | 'reset'
  | 'incomplete'
  | 'malformed';

/** What of a `rejected` request was wrong, where the upstream's text says so. */
export interface Blame {
  kind: 'invalid_value' | 'unsupported_value' | 'unsupported_parameter';
  /** In OpenAI's words where they have one, else the upstream's; null: not one field. */
  field: string | null;
}

export interface UpstreamErrorFacts {
  kind: UpstreamErrorKind;
  /** Text for the client: no account ids, no ARNs, no credentials. */
  message: string;
  /** HTTP status the upstream gave, if any. */
  status?: number | undefined;
  /** The upstream's own name of the error, e.g. `ThrottlingException`. */
  code?: string | undefined;
  /** x-amzn-requestid. */
  upstreamRequestId?: string | undefined;
  retryAfterMs?: number | undefined;
  blame?: Blame | undefined;
  /** What an administrator can do about it; safe to show. */
  hint?: string | undefined;
  /** True: the upstream's content filter kept everything back, and bills nothing. */
  isFiltered?: boolean | undefined;
  /**
   * What the work used although it failed: of several calls, those that had succeeded; of one, an answer that nobody can
   * read. It is paid for, and nothing of it is repeated.
   */
  served?: ServedUsage | undefined;
  cause?: unknown;
}

export interface ServedUsage {
  /** Null: what was reported cannot be. */
  usage: Usage | null;
  /** Not all of it was reported. */
  isEstimated: boolean;
  /** Which tier the upstream says served it. */
  serviceTier?: string;
}

/** Thrown by providers, before or after the first event. */
export class UpstreamError extends Error {
  readonly kind: UpstreamErrorKind;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly upstreamRequestId: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly blame: Blame | undefined;
  readonly hint: string | undefined;
  readonly isFiltered: boolean;
  readonly served: ServedUsage | undefined;

  constructor(facts: UpstreamErrorFacts) {
    super(facts.message, { cause: facts.cause });
    this.name = 'UpstreamError';
    this.kind = facts.kind;
    this.status = facts.status;
    this.code = facts.code;
    this.upstreamRequestId = facts.upstreamRequestId;
    this.retryAfterMs = facts.retryAfterMs;
    this.blame = facts.blame;
    this.hint = facts.hint;
    this.isFiltered = facts.isFiltered ?? false;
    this.served = facts.served;
  }
}

const NOTHING_WAS_SERVED: ReadonlySet<UpstreamErrorKind> = new Set([
  'rejected',
  'context_length',
  'conflict',
  'model_access',
  'not_found',
  'auth',
  'throttled',
  'not_ready',
  'quota',
  'unavailable',
  'connect_failed',
]);

/** True when the upstream itself says that there is no answer: of what comes whole or not at all, nothing was made. */
export function madeNothing(error: UpstreamError): boolean {
  return servedNothing(error) || error.kind === 'internal' || error.kind === 'model_error';
}

/** True when the upstream certainly did no paid work, provided no event had arrived. */
export function servedNothing(error: UpstreamError): boolean {
  return error.served === undefined && NOTHING_WAS_SERVED.has(error.kind);
}
