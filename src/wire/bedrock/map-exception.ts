// Bedrock's exceptions -> kinds of UpstreamError: closed tables, and the texts by which Bedrock tells apart
// what its exception names do not.
import type { UpstreamErrorKind } from '../../canonical/upstream-error.ts';

/** The Bedrock Runtime service model, and the unmodelled names every AWS service may answer with. */
const BY_NAME: ReadonlyMap<string, UpstreamErrorKind> = new Map<string, UpstreamErrorKind>([
  ['ThrottlingException', 'throttled'],
  ['TooManyRequestsException', 'throttled'],
  ['ModelNotReadyException', 'not_ready'],
  ['ServiceQuotaExceededException', 'quota'],
  ['ServiceUnavailableException', 'unavailable'],
  ['InternalServerException', 'internal'],
  ['InternalFailure', 'internal'],
  ['ModelTimeoutException', 'timeout'],
  ['ModelErrorException', 'model_error'],
  ['ModelStreamErrorException', 'model_error'],
  ['ValidationException', 'rejected'],
  ['ConflictException', 'rejected'],
  ['ResourceNotFoundException', 'not_found'],
  ['AccessDeniedException', 'auth'],
  ['UnrecognizedClientException', 'auth'],
  ['ExpiredTokenException', 'auth'],
  ['ExpiredToken', 'auth'],
  ['InvalidSignatureException', 'auth'],
  ['SignatureDoesNotMatch', 'auth'],
  ['MissingAuthenticationTokenException', 'auth'],
  ['MissingAuthenticationToken', 'auth'],
  ['IncompleteSignatureException', 'auth'],
  ['IncompleteSignature', 'auth'],
  ['InvalidClientTokenId', 'auth'],
  ['RequestExpired', 'auth'],
  ['OptInRequired', 'auth'],
  ['NotAuthorized', 'auth'],
]);

/** For answers without a name we know, e.g. of a proxy in between. */
const BY_STATUS: ReadonlyMap<number, UpstreamErrorKind> = new Map<number, UpstreamErrorKind>([
  [401, 'auth'],
  [403, 'auth'],
  [404, 'not_found'],
  [407, 'auth'],
  [408, 'timeout'],
  [424, 'model_error'],
  [429, 'throttled'],
  [503, 'unavailable'],
  [504, 'timeout'],
]);

/** Texts in a ValidationException, lower case. Kept whole for the client: some parse the numbers in them. */
const CONTEXT_TEXTS = [
  'input is too long',
  'prompt is too long',
  'too many input tokens',
  'maximum context length',
  "exceeds the model's maximum",
  'input length and `max_tokens` exceed',
];
const NOT_FOUND_TEXTS = ['on-demand throughput isn', 'model identifier is invalid', 'end of its life'];

/** What AccessDenied is about: one model, or our right to call at all. */
const ABOUT_A_MODEL = /\bmodels?\b|foundation-model|inference-profile/i;

export interface ExceptionFacts {
  /** E.g. `ThrottlingException`; null when the upstream gave no name. */
  name: string | null;
  status: number | undefined;
  message: string;
  /** What the model's own server answered, for ModelErrorException. */
  originalStatus: number | null;
}

export function mapException({ name, status, message, originalStatus }: ExceptionFacts): UpstreamErrorKind {
  const kind = (name === null ? undefined : BY_NAME.get(name)) ?? kindOfStatus(status);
  switch (kind) {
    case 'rejected':
    case 'not_found':
      return refineRejection(kind, message.toLowerCase());
    case 'auth':
      return name === 'AccessDeniedException' && ABOUT_A_MODEL.test(message) ? 'model_access' : 'auth';
    case 'model_error':
      // In a stream the model had taken the request already.
      if (name === 'ModelStreamErrorException') return kind;
      return originalStatus !== null && originalStatus >= 400 && originalStatus < 500 ? 'rejected' : kind;
    default:
      return kind;
  }
}

function kindOfStatus(status: number | undefined): UpstreamErrorKind {
  if (status === undefined) return 'internal';
  return BY_STATUS.get(status) ?? (status >= 400 && status < 500 ? 'rejected' : 'internal');
}

function refineRejection(kind: UpstreamErrorKind, text: string): UpstreamErrorKind {
  if (CONTEXT_TEXTS.some((part) => text.includes(part))) return 'context_length';
  if (NOT_FOUND_TEXTS.some((part) => text.includes(part))) return 'not_found';
  return kind;
}
