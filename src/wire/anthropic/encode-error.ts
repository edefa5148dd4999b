// A failure as Anthropic writes it: status, headers and envelope. Both tables are closed, so a new kind of failure does
// not compile until it has an answer here.
import { Refusal, type RefusalKind } from '../../canonical/refusal.ts';
import type { UpstreamError, UpstreamErrorKind } from '../../canonical/upstream-error.ts';
import { encodeRateLimits } from './encode-rate-limits.ts';
import { nameField } from './name-field.ts';

export type ErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'billing_error'
  | 'permission_error'
  | 'not_found_error'
  | 'request_too_large'
  | 'rate_limit_error'
  | 'api_error'
  | 'timeout_error'
  | 'overloaded_error';

export interface ErrorBody {
  type: 'error';
  error: { type: ErrorType; message: string; details?: object };
  request_id: string;
}

export interface EncodedError {
  status: number;
  /** Lower-case names. The content type is left to whoever writes the body. */
  headers: Record<string, string>;
  body: ErrorBody;
}

export interface ErrorContext {
  requestId: string;
  now: Date;
}

interface Answer {
  status: number;
  type: ErrorType;
  /** The SDKs retry 429 and >= 500 by themselves; this stops them where a retry cannot help. */
  noRetry?: true;
  /** Bounds of `retry-after`, seconds. The SDKs wait as long as it says, so it is never much. */
  retryAfter?: { atLeast: number; atMost: number };
  /** Stands in for the failure's own message, which is not for the client. */
  message?: string;
}

const INVALID = { status: 400, type: 'invalid_request_error' } as const;
const API = { status: 500, type: 'api_error' } as const;
const SOON = { atLeast: 1, atMost: 60 };
const LIMITED = { status: 429, type: 'rate_limit_error', retryAfter: SOON } as const;
/** Anthropic's own status for a service that has no room. */
const OVERLOADED = { status: 529, type: 'overloaded_error', retryAfter: { atLeast: 1, atMost: 10 } } as const;

const REFUSALS: Readonly<Record<RefusalKind, Answer>> = {
  no_key: { status: 401, type: 'authentication_error' },
  bad_key: { status: 401, type: 'authentication_error' },
  forbidden: { status: 403, type: 'permission_error' },
  model_not_found: { status: 404, type: 'not_found_error' },
  model_not_allowed: { status: 403, type: 'permission_error' },
  invalid_json: INVALID,
  missing_parameter: INVALID,
  invalid_type: INVALID,
  invalid_value: INVALID,
  unsupported_parameter: INVALID,
  unsupported_value: INVALID,
  context_length: INVALID,
  // No SDK repeats a 402.
  insufficient_quota: { status: 402, type: 'billing_error' },
  requests_limit: LIMITED,
  tokens_limit: LIMITED,
  tokens_beyond_limit: { status: 429, type: 'rate_limit_error', noRetry: true },
  parallel_limit: LIMITED,
  too_large: { status: 413, type: 'request_too_large' },
  unsupported_media_type: { status: 415, type: 'invalid_request_error' },
  unknown_route: { status: 404, type: 'not_found_error' },
  method_not_allowed: { status: 405, type: 'invalid_request_error' },
  service_unavailable: { status: 503, type: 'overloaded_error', retryAfter: SOON },
  internal: { ...API, message: 'The gateway failed while it handled the request.' },
};

const UPSTREAM: Readonly<Record<UpstreamErrorKind, Answer>> = {
  rejected: INVALID,
  context_length: INVALID,
  model_access: { status: 403, type: 'permission_error' },
  not_found: { status: 404, type: 'not_found_error' },
  // Never 401 or 403: the client's key is fine, and what is wrong with ours is for the log.
  auth: { ...API, message: 'The gateway could not authenticate with its model provider.' },
  throttled: { ...LIMITED, retryAfter: { atLeast: 1, atMost: 5 } },
  not_ready: { ...OVERLOADED, retryAfter: { atLeast: 5, atMost: 10 } },
  quota: { status: 429, type: 'rate_limit_error', noRetry: true },
  unavailable: OVERLOADED,
  connect_failed: API,
  internal: API,
  model_error: API,
  timeout: { status: 504, type: 'timeout_error' },
  reset: API,
  incomplete: API,
  malformed: API,
};

/**
 * What SDKs decide by, where a text is not enough: on this their message threads, and with them the tool runner, send
 * the whole conversation again (`ThreadUnsupportedRequestErrorDetails` of @anthropic-ai/sdk).
 */
const DETAILS: ReadonlyMap<string, object> = new Map([
  ['thread', { error_code: 'thread_unsupported_request', unsupported: ['thread'] }],
]);

/** Bedrock's own words before a model's, which clients read (Claude Code parses "prompt is too long: ..."). */
const UPSTREAM_PREFIX = 'The model returned the following errors: ';

export function encodeError(error: Refusal | UpstreamError, context: ErrorContext): EncodedError {
  if (error instanceof Refusal) {
    const message = nameField(error.message, error.param);
    const encoded = encode(REFUSALS[error.kind], { message, seconds: error.retryAfterSeconds }, context);
    const details = error.kind === 'unsupported_parameter' && DETAILS.get(error.param ?? '');
    if (details) encoded.body.error.details = details;
    if (error.rateLimits !== undefined)
      Object.assign(encoded.headers, encodeRateLimits(error.rateLimits, context.now));
    return encoded;
  }
  const { retryAfterMs } = error;
  const seconds = retryAfterMs === undefined ? undefined : retryAfterMs / 1_000;
  return encode(UPSTREAM[error.kind], { message: withoutPrefix(error.message), seconds }, context);
}

function encode(
  answer: Answer,
  { message, seconds }: { message: string; seconds: number | undefined },
  { requestId }: ErrorContext,
): EncodedError {
  const headers: Record<string, string> = {};
  if (answer.noRetry) headers['x-should-retry'] = 'false';
  if (answer.retryAfter !== undefined) {
    const { atLeast, atMost } = answer.retryAfter;
    headers['retry-after'] = String(Math.min(atMost, Math.max(atLeast, Math.ceil(seconds ?? 0))));
  }
  return {
    status: answer.status,
    headers,
    body: {
      type: 'error',
      error: { type: answer.type, message: answer.message ?? message },
      request_id: requestId,
    },
  };
}

function withoutPrefix(message: string): string {
  return message.startsWith(UPSTREAM_PREFIX) ? message.slice(UPSTREAM_PREFIX.length) : message;
}
