// Error answers and exception frames of Bedrock -> UpstreamError.
import { UpstreamError, type UpstreamErrorKind } from '../../canonical/upstream-error.ts';
import { asRecord, asText } from './json.ts';
import { mapException } from './map-exception.ts';
import { blameOf, hintOf } from './map-rejection.ts';
import { redact } from './redact.ts';

export interface ErrorAnswer {
  status: number;
  /** Header `x-amzn-errortype`; may carry a suffix after `:` and a namespace before `#`. */
  errorType?: string | undefined;
  /** The body as it came; a proxy's HTML is never shown. */
  body: string;
  /** Header `x-amzn-requestid`. */
  requestId?: string | undefined;
  /** Header `retry-after`, seconds. */
  retryAfter?: string | undefined;
  /** Header `x-amz-retry-after`, milliseconds. */
  retryAfterMs?: string | undefined;
}

export interface ExceptionFrame {
  /** Header `:exception-type`, e.g. `throttlingException`, or `:error-code`. */
  type: string;
  /** The payload as it came, or the JSON of `:error-message`. */
  body: string;
  requestId?: string | undefined;
}

/** For the kinds whose own text would speak of our credentials, and for answers without a text. */
const NEUTRAL: Readonly<Partial<Record<UpstreamErrorKind, string>>> = {
  auth: 'The gateway could not authenticate with the upstream.',
  throttled: 'The upstream is throttling requests. Try again later.',
  not_ready: 'The model is not ready yet. Try again later.',
  quota: 'A quota of the upstream is used up.',
  unavailable: 'The upstream is not available. Try again later.',
  not_found: 'The upstream does not know this model.',
  model_access: 'This model is not available to the gateway.',
  timeout: 'The model took too long to answer.',
  rejected: 'The upstream refused the request.',
};
const FALLBACK = 'The upstream failed to answer.';
/** IAM's refusals describe our roles and policies, not the model. */
const IAM_REFUSAL = /is not authorized to perform/i;

/** From an answer with a status other than 200. */
export function decodeError(answer: ErrorAnswer): UpstreamError {
  const body = parseBody(answer.body);
  const name = exceptionName(answer.errorType) ?? exceptionName(asText(body?.__type)) ?? null;
  return toUpstreamError({
    name,
    body,
    status: answer.status,
    requestId: answer.requestId,
    retryAfterMs: retryDelay(answer),
  });
}

/** From an exception or error frame in a stream. */
export function decodeException(frame: ExceptionFrame): UpstreamError {
  const name = frame.type.charAt(0).toUpperCase() + frame.type.slice(1);
  return toUpstreamError({ name, body: parseBody(frame.body), requestId: frame.requestId });
}

function toUpstreamError(facts: {
  name: string | null;
  body: Record<string, unknown> | null;
  status?: number;
  requestId?: string | undefined;
  retryAfterMs?: number | undefined;
}): UpstreamError {
  const { name, body, status } = facts;
  const said = asText(body?.message) ?? asText(body?.Message) ?? '';
  const { originalStatusCode } = body ?? {};
  const originalStatus = typeof originalStatusCode === 'number' ? originalStatusCode : null;
  const kind = mapException({ name, status, message: said, originalStatus });
  return new UpstreamError({
    kind,
    message: messageFor(kind, said),
    status,
    code: name ?? undefined,
    upstreamRequestId: facts.requestId,
    retryAfterMs: facts.retryAfterMs,
    blame: kind === 'rejected' ? blameOf(said) : undefined,
    hint: hintOf(said),
  });
}

function messageFor(kind: UpstreamErrorKind, said: string): string {
  const mayShow = kind !== 'auth' && said.trim() !== '' && !IAM_REFUSAL.test(said);
  return mayShow ? redact(said) : (NEUTRAL[kind] ?? FALLBACK);
}

/** `com.amazonaws#ThrottlingException:http://…` -> `ThrottlingException`. */
function exceptionName(text: string | null | undefined): string | null {
  const name = text?.split(':')[0]?.split('#').at(-1)?.trim();
  return name === undefined || name === '' ? null : name;
}

function parseBody(body: string): Record<string, unknown> | null {
  try {
    return asRecord(JSON.parse(body));
  } catch {
    return null;
  }
}

function retryDelay({ retryAfter, retryAfterMs }: ErrorAnswer): number | undefined {
  const precise = positive(retryAfterMs);
  if (precise !== undefined) return precise;
  const seconds = positive(retryAfter);
  return seconds === undefined ? undefined : seconds * 1000;
}

/** The HTTP-date form of `retry-after` is not used by AWS and would need a clock. */
function positive(text: string | undefined): number | undefined {
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}
