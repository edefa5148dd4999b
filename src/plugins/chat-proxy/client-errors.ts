// Any error as a client may see it, in the words of the house.
import type { FastifyBaseLogger, FastifyError, FastifyInstance } from 'fastify';
import { Refusal, type RefusalKind } from '../../canonical/refusal.ts';
import { UpstreamError } from '../../canonical/upstream-error.ts';
import { decodeSchemaError } from '../../wire/decode-schema-error.ts';
import { ExchangeCut } from './exchange.ts';

const KIND_BY_CODE: Readonly<Record<string, RefusalKind>> = {
  KEY_MISSING: 'no_key',
  KEY_INVALID: 'bad_key',
  BOOTSTRAP_MAY_ONLY_ADMINISTER: 'forbidden',
  FST_ERR_CTP_BODY_TOO_LARGE: 'too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid_json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid_json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid_json',
};

const KIND_BY_STATUS: Readonly<Record<number, RefusalKind>> = {
  400: 'invalid_value',
  401: 'bad_key',
  403: 'forbidden',
  404: 'unknown_route',
  405: 'method_not_allowed',
  413: 'too_large',
  415: 'unsupported_media_type',
  503: 'service_unavailable',
};

const CUT = 'This gateway is stopping: the answer was cut. Send the request again.';

/** @param body the request's body, to say what stands at the wrong place */
export function toClientError(app: FastifyInstance, error: unknown, body: unknown): Refusal | UpstreamError {
  if (error instanceof Refusal || error instanceof UpstreamError) return error;
  if (error instanceof ExchangeCut)
    return new Refusal('service_unavailable', CUT, { retryAfterSeconds: 1, cause: error });
  if (hasValidation(error) && error.validation !== undefined)
    return decodeSchemaError(error.validation, body);
  const { status, code, message, param, retryAfterSeconds } = app.describeError(error);
  const kind = KIND_BY_CODE[code] ?? KIND_BY_STATUS[status] ?? (status < 500 ? 'invalid_json' : 'internal');
  return new Refusal(kind, message, {
    param,
    cause: error,
    ...(retryAfterSeconds !== null && { retryAfterSeconds }),
  });
}

/** One that the client gets as a 5xx; a shutdown's are no fault. */
export function logFailure(log: FastifyBaseLogger, err: unknown): void {
  const level = err instanceof ExchangeCut || err instanceof Refusal ? 'warn' : 'error';
  log[level]({ err }, 'request failed');
}

function hasValidation(error: unknown): error is FastifyError {
  return error instanceof Error && 'validation' in error;
}
