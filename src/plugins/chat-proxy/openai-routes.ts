// The OpenAI dialect on the wire, under `/v1`: chat completions and the list of models.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { Refusal } from '../../canonical/refusal.ts';
import type { Provider } from '../../providers/provider.ts';
import { decodeRequest } from '../../wire/openai/decode-request.ts';
import { encodeError } from '../../wire/openai/encode-error.ts';
import { encodeModel, encodeModelList } from '../../wire/openai/encode-models.ts';
import { encodeResponse } from '../../wire/openai/encode-response.ts';
import { createStreamEncoder } from '../../wire/openai/encode-stream.ts';
import { ChatCompletionBody } from '../../wire/openai/schema.ts';
import type { Model } from '../models/index.ts';
import type { AdmissionService } from './admission.ts';
import { answerAnyOrigin } from './any-origin.ts';
import { SessionIdInvalid } from './errors.ts';
import { createExchange, type Exchange, type ExchangeDeps } from './exchange.ts';
import type { LiveExchanges } from './live-exchanges.ts';
import { toClientError } from './openai-errors.ts';
import { lastUserText, wholePrompt } from './spoken.ts';
import { StreamFailed, streamAnswer } from './stream-answer.ts';

export interface OpenAiRoutesOptions {
  admission: AdmissionService;
  provider: Provider;
  exchanges: ExchangeDeps;
  live: LiveExchanges;
  /** Bytes. */
  bodyLimit: number;
}

const SESSION_ID = /^[\w.:@/+=-]{1,128}$/;
/** An aside, not a hot path, but a name longer than any model id is nobody's. */
const ModelParams = Type.Object({ '*': Type.String({ maxLength: 2048 }) });

export const openAiRoutes: FastifyPluginAsyncTypebox<OpenAiRoutesOptions> = async (app, options) => {
  const { admission, provider, exchanges, live, bodyLimit } = options;
  const config = { access: 'inference' as const };
  await answerAnyOrigin(app);
  app.post('/chat/completions', { config, bodyLimit, schema: { body: ChatCompletionBody } }, chat);
  app.get('/models', { config }, async () => encodeModelList(app.models.list().map(toListed)));
  // A wildcard: model ids may be ARNs with slashes.
  app.get('/models/*', { config, schema: { params: ModelParams } }, async ({ params }) => {
    const model = app.models.list().find(({ name }) => name === params['*']);
    if (model === undefined)
      throw new Refusal('model_not_found', `The model \`${params['*']}\` does not exist.`, {
        param: 'model',
      });
    return encodeModel(toListed(model));
  });

  app.setNotFoundHandler((request) => {
    const path = request.url.split('?')[0] ?? '';
    const isKnown = (['GET', 'POST'] as const).some((method) => app.hasRoute({ method, url: path }));
    if (isKnown) throw new Refusal('method_not_allowed', `Not allowed: ${request.method} ${path}`);
    throw new Refusal('unknown_route', `Unknown request URL: ${request.method} ${path}`);
  });
  app.setErrorHandler((error, request, reply) => {
    const clientError = toClientError(app, error, request.body);
    const { status, headers, body } = encodeError(clientError);
    if (status >= 500) request.log.error({ err: error }, 'request failed');
    return reply.code(status).headers(headers).send(body);
  });

  async function chat(request: FastifyRequest<{ Body: ChatCompletionBody }>, reply: FastifyReply) {
    const sessionKey = readSessionId(request);
    const { request: chatRequest, includeUsage, dropped } = decodeRequest(request.body);
    const spoken = {
      sessionKey,
      prompt: lastUserText(chatRequest),
      wholePrompt: wholePrompt(request.body.messages),
    };
    if (dropped.length > 0) reply.header('x-gateway-dropped-params', dropped.join(', '));
    // From the hold on, nothing may fail outside the exchange: only its end lets go of the money.
    const admitted = await admission.admit(chatRequest, {
      keyId: request.key.id,
      groupId: request.key.groupId,
      requestId: request.id,
    });
    const exchange = createExchange(exchanges, admitted, chatRequest, spoken);
    exchange.watch(reply.raw);
    const facts = {
      id: `chatcmpl-${admitted.admission.exchangeId}`,
      createdAt: Math.floor(admitted.hold.startedAt.getTime() / 1000),
      model: chatRequest.model,
    };
    const work = chatRequest.stream
      ? () => stream(exchange, request, reply, createStreamEncoder({ ...facts, includeUsage }))
      : () => complete(exchange, facts);
    return live.run(exchange, work);
  }

  async function complete(exchange: Exchange, facts: { id: string; createdAt: number; model: string }) {
    try {
      const answer = await provider.complete(exchange.call, { signal: exchange.signal });
      exchange.observeAnswer(answer);
      exchange.end({ kind: 'answered' });
      return encodeResponse({ ...facts, answer });
    } catch (error) {
      exchange.end({ kind: 'failed', error });
      throw error;
    }
  }

  async function stream(
    exchange: Exchange,
    request: FastifyRequest,
    reply: FastifyReply,
    dialect: ReturnType<typeof createStreamEncoder>,
  ) {
    try {
      await streamAnswer({
        provider,
        exchange,
        dialect,
        reply,
        toClientError: (error) => toClientError(app, error, undefined),
      });
      exchange.end({ kind: 'answered' });
    } catch (error) {
      const isTold = error instanceof StreamFailed;
      exchange.end({ kind: 'failed', error: isTold ? error.cause : error });
      if (!isTold) throw error;
      request.log.warn({ err: error.cause }, 'stream failed');
    }
    return reply;
  }
};

function readSessionId(request: FastifyRequest): string | null {
  const value = request.headers['session-id'];
  if (value === undefined) return null;
  if (typeof value !== 'string' || !SESSION_ID.test(value)) throw new SessionIdInvalid();
  return value;
}

function toListed(model: Model) {
  return {
    id: model.name,
    createdAt: Math.floor(model.createdAt.getTime() / 1000),
    ownedBy: model.vendor,
    takesImages: model.capabilities.imageInput === true,
  };
}
