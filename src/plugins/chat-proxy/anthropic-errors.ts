// The errors of Anthropic's routes, in Anthropic's envelope, and the choice of the envelope where both dialects share a
// path.
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../../canonical/refusal.ts';
import { encodeError } from '../../wire/anthropic/encode-error.ts';
import { logFailure, toClientError } from './client-errors.ts';
import type { Meters } from './meters.ts';
import { openAiErrorHandler } from './openai-errors.ts';

type ErrorHandler = (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => FastifyReply;

/** Anthropic's clients read the request's name from a header of this name. */
export const REQUEST_ID_HEADER = 'request-id';

export function answerAnthropicErrors(app: FastifyInstance, { meters }: { meters: Meters }): void {
  app.setErrorHandler(anthropicErrorHandler(app, meters));
}

/** For paths that clients of both dialects ask for. */
export function answerErrorsByDialect(app: FastifyInstance, { meters }: { meters: Meters }): void {
  const anthropic = anthropicErrorHandler(app, meters);
  const openAi = openAiErrorHandler(app, { dialect: 'openai', meters });
  app.setErrorHandler((error: FastifyError, request, reply) =>
    (speaksAnthropic(request) ? anthropic : openAi)(error, request, reply),
  );
}

/** Who sends the version header is one of Anthropic's clients, whatever the path; on `/messages` there are no others. */
export function speaksAnthropic({ url, headers }: Pick<FastifyRequest, 'url' | 'headers'>): boolean {
  return headers['anthropic-version'] !== undefined || /^\/v1\/messages(?:[/?]|$)/.test(url);
}

function anthropicErrorHandler(app: FastifyInstance, meters: Meters): ErrorHandler {
  return (error, request, reply) => {
    const clientError = toClientError(app, error, request.body);
    const { status, headers, body } = encodeError(clientError, { requestId: request.id, now: new Date() });
    meters.answered('anthropic', status);
    if (clientError instanceof Refusal) meters.refused(clientError.kind);
    if (status >= 500) logFailure(request.log, error);
    return reply.code(status).header(REQUEST_ID_HEADER, request.id).headers(headers).send(body);
  };
}
