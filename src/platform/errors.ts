// The one place that turns an error into an answer for `/admin` and `/user`. It logs once, hides what is ours
// (>= 500) and names the field that was wrong. Dialects set their own handler in their scope.
import type { FastifyError, FastifyReply, FastifyRequest, FastifySchemaValidationError } from 'fastify';
import fp from 'fastify-plugin';
import type { Failure } from '../lib/envelope.ts';

export interface ErrorOptions {
  isDatabaseAway(error: unknown): boolean;
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Status, code, text and field of any error, with nothing in it that the caller may not see. */
    describeError(error: unknown): DescribedError;
  }
}

export interface DescribedError {
  status: number;
  code: string;
  message: string;
  /** The field to blame, e.g. `month_quota`. */
  param: string | null;
  retryAfterSeconds: number | null;
}

const RETRY_AFTER_SECONDS = 2;

export default fp<ErrorOptions>(
  async (app, { isDatabaseAway }) => {
    const describe = (error: unknown) => describeError(error, isDatabaseAway);
    app.decorate('describeError', describe);

    app.setErrorHandler((error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      const described = describe(error);
      if (described.status >= 500) request.log.error({ err: error }, 'request failed');
      if (described.retryAfterSeconds !== null) reply.header('retry-after', described.retryAfterSeconds);
      return reply.code(described.status).send(toFailure(described));
    });
  },
  { name: 'errors', fastify: '5.x' },
);

/**
 * Fastify's `frameworkErrors`: what it refuses before any route and any hook (a path that cannot be decoded, a
 * parameter that is far too long). Never repeats the path.
 */
export function answerUnroutable(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const { statusCode: status = 400, code } = error;
  const described = { status, code, message: 'the path is not valid', param: null, retryAfterSeconds: null };
  void reply.code(status).header('x-request-id', request.id).send(toFailure(described));
}

export function toFailure({ code, message, param }: DescribedError): Failure {
  return { success: false, data: message, error: { code, param } };
}

function describeError(error: unknown, isDatabaseAway: (error: unknown) => boolean): DescribedError {
  const none = { param: null, retryAfterSeconds: null };
  if (isDatabaseAway(error))
    return {
      status: 503,
      code: 'SERVICE_UNAVAILABLE',
      message: 'the database is away; try again shortly',
      param: null,
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    };
  if (!isHttpError(error)) return { status: 500, code: 'INTERNAL', message: 'internal error', ...none };
  if (error.validation !== undefined) {
    const { message, param } = describeValidation(error.validation, error.validationContext);
    return { status: 400, code: 'INVALID_REQUEST', message, param, retryAfterSeconds: null };
  }
  const status = error.statusCode ?? 500;
  if (status >= 500 && status !== 503)
    return { status, code: 'INTERNAL', message: 'internal error', ...none };
  const named = /^([\w.[\]-]{1,64}): /.exec(error.message);
  return {
    status,
    code: error.code,
    message: error.message,
    param: named?.[1] ?? null,
    retryAfterSeconds: status === 503 ? RETRY_AFTER_SECONDS : null,
  };
}

function isHttpError(error: unknown): error is FastifyError {
  return error instanceof Error && 'code' in error && ('statusCode' in error || 'validation' in error);
}

/** Names the field; of a union's many complaints the deepest is the one that helps. */
function describeValidation(
  errors: readonly FastifySchemaValidationError[],
  context: string | undefined,
): { message: string; param: string | null } {
  const [first] = [...errors].sort((a, b) => depth(b) - depth(a));
  if (first === undefined) return { message: 'the request is not valid', param: null };
  const extra = first.params.additionalProperty ?? first.params.missingProperty;
  const path = first.instancePath.split('/').slice(1).map(unescapePointer);
  const param = [...path, ...(typeof extra === 'string' ? [extra] : [])].join('.') || null;
  const problem =
    first.keyword === 'additionalProperties'
      ? 'is not a known field'
      : first.keyword === 'required'
        ? 'is required'
        : first.keyword === 'enum' && Array.isArray(first.params.allowedValues)
          ? `must be one of ${first.params.allowedValues.join(', ')}`
          : (first.message ?? 'is not valid');
  return { message: param === null ? `${context ?? 'request'} ${problem}` : `${param}: ${problem}`, param };
}

function depth(error: FastifySchemaValidationError): number {
  const isVague = error.keyword === 'anyOf' || error.keyword === 'type';
  return error.instancePath.split('/').length * 2 + (isVague ? 0 : 1);
}

function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
