// The errors of OpenAI's routes, in OpenAI's envelope.
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../../canonical/refusal.ts';
import type { UpstreamError } from '../../canonical/upstream-error.ts';
import { type EncodedError, encodeError } from '../../wire/openai/encode-error.ts';
import { logFailure, toClientError } from './client-errors.ts';
import type { Meters } from './meters.ts';
import type { DialectName } from './voice.ts';

/** Where the text of a request stands. */
const CONTENT: Partial<Record<DialectName, string>> = {
  completions: 'prompt',
  embeddings: 'input',
  images: 'prompt',
};

export interface OpenAiErrorsOptions {
  dialect: DialectName;
  meters: Meters;
  /** Where a dialect has names of its own for the fields to blame. */
  encode?: (error: Refusal | UpstreamError) => EncodedError;
}

export function answerOpenAiErrors(app: FastifyInstance, options: OpenAiErrorsOptions): void {
  app.setErrorHandler(openAiErrorHandler(app, options));
}

export function openAiErrorHandler(
  app: FastifyInstance,
  { dialect, meters, encode = encodeError }: OpenAiErrorsOptions,
) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const clientError = toClientError(app, error, request.body);
    const { status, headers, body } = encode(clientError);
    // The encoder speaks of chats where the error itself names no field.
    if (body.error.param === 'messages') body.error.param = CONTENT[dialect] ?? 'messages';
    meters.answered(dialect, status);
    if (clientError instanceof Refusal) meters.refused(clientError.kind);
    if (status >= 500) logFailure(request.log, error);
    return reply.code(status).headers(headers).send(body);
  };
}
