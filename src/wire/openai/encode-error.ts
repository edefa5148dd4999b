// A failure as OpenAI writes it: status, headers and envelope. Both tables are closed, so a new kind of failure
// does not compile until it has an answer here.
import { Refusal, type RefusalKind } from '../../canonical/refusal.ts';
import type { UpstreamError, UpstreamErrorKind } from '../../canonical/upstream-error.ts';
import { encodeRateLimits } from './encode-rate-limits.ts';

/** The SDKs read all four members; none may be missing. */
export interface ErrorBody {
  error: { message: string; type: string; param: string | null; code: string | null };
}

export interface EncodedError {
  status: number;
  /** Lower-case names. The content type is left to whoever writes the body. */
  headers: Record<string, string>;
  body: ErrorBody;
}

interface Answer {
  status: number;
  type: string;
  code: string | null;
  /** The field to blame when the failure itself names none. */
  param?: string;
  /** The SDKs retry 429 and >= 500 by themselves; this stops them where a retry cannot help. */
  noRetry?: true;
  /** Bounds of `retry-after`, seconds; the lower one is also the value when the failure gives none. */
  retryAfter?: { atLeast: number; atMost: number };
  /** We know the moment ourselves: say it to the millisecond too (`retry-after-ms`, which the SDKs prefer). */
  isExact?: true;
  /** Stands in for the failure's own message, which is not for the client. */
  message?: string;
  /** Put before the failure's own message. */
  prefix?: string;
}

const INVALID_REQUEST = 'invalid_request_error';
const SERVER = 'server_error';
/** The SDKs ignore a `retry-after` above a minute. */
const SOON = { atLeast: 1, atMost: 60 };

const LIMITED = { status: 429, code: 'rate_limit_exceeded', retryAfter: SOON, isExact: true } as const;

const REFUSALS: Readonly<Record<RefusalKind, Answer>> = {
  no_key: { status: 401, type: INVALID_REQUEST, code: null },
  bad_key: { status: 401, type: INVALID_REQUEST, code: 'invalid_api_key' },
  forbidden: { status: 403, type: INVALID_REQUEST, code: 'forbidden' },
  model_not_found: { status: 404, type: INVALID_REQUEST, code: 'model_not_found', param: 'model' },
  model_not_allowed: { status: 403, type: INVALID_REQUEST, code: 'model_not_allowed', param: 'model' },
  invalid_json: { status: 400, type: INVALID_REQUEST, code: null },
  missing_parameter: { status: 400, type: INVALID_REQUEST, code: 'missing_required_parameter' },
  invalid_type: { status: 400, type: INVALID_REQUEST, code: 'invalid_type' },
  invalid_value: { status: 400, type: INVALID_REQUEST, code: 'invalid_value' },
  unsupported_parameter: { status: 400, type: INVALID_REQUEST, code: 'unsupported_parameter' },
  unsupported_value: { status: 400, type: INVALID_REQUEST, code: 'unsupported_value' },
  context_length: { status: 400, type: INVALID_REQUEST, code: 'context_length_exceeded', param: 'messages' },
  insufficient_quota: { status: 429, type: 'insufficient_quota', code: 'insufficient_quota', noRetry: true },
  requests_limit: { ...LIMITED, type: 'requests' },
  tokens_limit: { ...LIMITED, type: 'tokens' },
  tokens_beyond_limit: { status: 429, type: 'tokens', code: 'rate_limit_exceeded', noRetry: true },
  parallel_limit: { ...LIMITED, type: 'requests' },
  too_large: { status: 413, type: INVALID_REQUEST, code: 'request_too_large' },
  unsupported_media_type: { status: 415, type: INVALID_REQUEST, code: 'unsupported_media_type' },
  unknown_route: { status: 404, type: INVALID_REQUEST, code: 'unknown_url' },
  method_not_allowed: { status: 405, type: INVALID_REQUEST, code: 'method_not_allowed' },
  service_unavailable: { status: 503, type: SERVER, code: 'service_unavailable', retryAfter: SOON },
  internal: {
    status: 500,
    type: SERVER,
    code: 'internal_error',
    message: 'The gateway failed while it handled the request.',
  },
};

const UPSTREAM: Readonly<Record<UpstreamErrorKind, Answer>> = {
  rejected: { status: 400, type: INVALID_REQUEST, code: null },
  context_length: { status: 400, type: INVALID_REQUEST, code: 'context_length_exceeded', param: 'messages' },
  conflict: { status: 409, type: INVALID_REQUEST, code: 'conflict' },
  model_access: { status: 403, type: 'permission_error', code: 'model_access_denied', param: 'model' },
  not_found: { status: 404, type: INVALID_REQUEST, code: 'model_not_found', param: 'model' },
  // Never 401 or 403: the client's key is fine, and what is wrong with ours is for the log.
  auth: {
    status: 500,
    type: SERVER,
    code: 'upstream_auth_error',
    message: 'The gateway could not authenticate with its model provider.',
  },
  throttled: {
    status: 429,
    type: 'requests',
    code: 'rate_limit_exceeded',
    retryAfter: { atLeast: 1, atMost: 5 },
    prefix: 'Upstream throttling: ',
  },
  not_ready: { status: 503, type: SERVER, code: 'model_not_ready', retryAfter: { atLeast: 5, atMost: 60 } },
  quota: { status: 429, type: 'requests', code: 'rate_limit_exceeded', noRetry: true },
  unavailable: { status: 503, type: SERVER, code: 'service_unavailable', retryAfter: SOON },
  connect_failed: { status: 502, type: SERVER, code: 'upstream_connection_error' },
  internal: { status: 502, type: SERVER, code: 'upstream_error' },
  model_error: { status: 502, type: SERVER, code: 'upstream_error' },
  timeout: { status: 504, type: SERVER, code: 'upstream_timeout' },
  reset: { status: 502, type: SERVER, code: 'upstream_connection_error' },
  incomplete: { status: 502, type: SERVER, code: 'upstream_incomplete_stream' },
  malformed: { status: 502, type: SERVER, code: 'upstream_error' },
};

/** Of whatever kind the upstream says that it is. */
const FILTERED: Answer = { status: 400, type: INVALID_REQUEST, code: 'content_filter', param: 'messages' };

export function encodeError(error: Refusal | UpstreamError): EncodedError {
  if (error instanceof Refusal) {
    const encoded = encode(REFUSALS[error.kind], error.message, error.param, error.retryAfterSeconds);
    if (error.rateLimits !== undefined) Object.assign(encoded.headers, encodeRateLimits(error.rateLimits));
    return encoded;
  }
  const { kind, blame, hint, retryAfterMs } = error;
  const seconds = retryAfterMs === undefined ? undefined : retryAfterMs / 1000;
  const base = error.isFiltered ? FILTERED : UPSTREAM[kind];
  const blamed = blame === undefined ? base : { ...base, code: blame.kind };
  const answer = error.served === undefined ? blamed : onceOnly(blamed);
  const message = kind === 'not_found' && hint !== undefined ? `${error.message} ${hint}` : error.message;
  return encode(answer, message, blame?.field ?? null, seconds);
}

/** What is paid for already must not be bought again by an SDK that retries. */
function onceOnly({ retryAfter: _never, ...answer }: Answer): Answer {
  return { ...answer, noRetry: true };
}

function encode(
  answer: Answer,
  message: string,
  param: string | null,
  seconds: number | undefined,
): EncodedError {
  const headers: Record<string, string> = {};
  if (answer.noRetry) headers['x-should-retry'] = 'false';
  if (answer.retryAfter !== undefined) {
    const { atLeast, atMost } = answer.retryAfter;
    headers['retry-after'] = String(Math.min(atMost, Math.max(atLeast, Math.ceil(seconds ?? 0))));
    if (answer.isExact && seconds !== undefined)
      headers['retry-after-ms'] = String(Math.ceil(seconds * 1000));
  }
  return {
    status: answer.status,
    headers,
    body: {
      error: {
        message: answer.message ?? `${answer.prefix ?? ''}${message}`,
        type: answer.type,
        param: param ?? answer.param ?? null,
        code: answer.code,
      },
    },
  };
}
