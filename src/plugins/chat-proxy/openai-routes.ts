// The OpenAI dialect on the wire, under `/v1`: chat completions and the list of models.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { Refusal } from '../../canonical/refusal.ts';
import { formatMoney } from '../../lib/money.ts';
import type { Provider } from '../../providers/provider.ts';
import { decodeRequest } from '../../wire/openai/decode-request.ts';
import { encodeError } from '../../wire/openai/encode-error.ts';
import { encodeModel, encodeModelList } from '../../wire/openai/encode-models.ts';
import { encodeRateLimits } from '../../wire/openai/encode-rate-limits.ts';
import { encodeResponse } from '../../wire/openai/encode-response.ts';
import { createStreamEncoder } from '../../wire/openai/encode-stream.ts';
import { ChatCompletionBody } from '../../wire/openai/schema.ts';
import type { KeyPrincipal } from '../auth/index.ts';
import type { Charge } from '../billing/index.ts';
import type { Model } from '../models/index.ts';
import type { AdmissionService } from './admission.ts';
import { answerAnyOrigin } from './any-origin.ts';
import { SessionIdInvalid } from './errors.ts';
import { createExchange, type Exchange, type ExchangeDeps } from './exchange.ts';
import { fillModel, mayUse } from './key-rules.ts';
import type { LiveExchanges } from './live-exchanges.ts';
import type { Meters } from './meters.ts';
import { toClientError } from './openai-errors.ts';
import { wordsOf } from './spoken.ts';
import { StreamFailed, streamAnswer } from './stream-answer.ts';

export interface OpenAiRoutesOptions {
  admission: AdmissionService;
  provider: Provider;
  exchanges: ExchangeDeps;
  live: LiveExchanges;
  meters: Meters;
  /** Bytes. */
  bodyLimit: number;
}

const SESSION_ID = /^[\w.:@/+=-]{1,128}$/;
/** An aside, not a hot path, but a name longer than any model id is nobody's. */
const ModelParams = Type.Object({ '*': Type.String({ maxLength: 2048 }) });

export const openAiRoutes: FastifyPluginAsyncTypebox<OpenAiRoutesOptions> = async (app, options) => {
  const { admission, provider, exchanges, live, meters, bodyLimit } = options;
  const config = { access: 'inference' as const };
  await answerAnyOrigin(app);
  app.post(
    '/chat/completions',
    { config, bodyLimit, schema: { body: ChatCompletionBody }, preValidation: giveDefaultModel },
    chat,
  );
  app.get('/models', { config }, async ({ key }) => encodeModelList(modelsFor(key).map(toListed)));
  // A wildcard: model ids may be ARNs with slashes.
  app.get('/models/*', { config, schema: { params: ModelParams } }, async ({ params, key }) => {
    const model = modelsFor(key).find(({ name }) => name === params['*']);
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
    meters.answered('openai', status);
    if (clientError instanceof Refusal) meters.refused(clientError.kind);
    if (status >= 500) request.log.error({ err: error }, 'request failed');
    return reply.code(status).headers(headers).send(body);
  });

  function modelsFor(key: KeyPrincipal): readonly Model[] {
    return app.models.list().filter((model) => mayUse(key, model));
  }

  async function giveDefaultModel({ body, key }: FastifyRequest): Promise<void> {
    fillModel(body, key.defaults.model);
  }

  async function chat(request: FastifyRequest<{ Body: ChatCompletionBody }>, reply: FastifyReply) {
    const sessionKey = readSessionId(request);
    const { request: chatRequest, includeUsage, dropped } = decodeRequest(request.body);
    const { logging } = request.key;
    const spoken = { logging, sessionKey, ...wordsOf(chatRequest, request.body.messages, logging) };
    const includeCost = request.headers['x-gateway-include-cost'] === 'true';
    if (dropped.length > 0) reply.header('x-gateway-dropped-params', dropped.join(', '));
    // From the hold on, nothing may fail outside the exchange: only its end lets go of the money.
    const admitted = await admission.admit(chatRequest, { key: request.key, requestId: request.id });
    const exchange = createExchange(exchanges, admitted, spoken);
    exchange.watch(reply.raw);
    meters.admitted();
    if (admitted.ticket !== undefined) reply.headers(encodeRateLimits(admitted.ticket.standing));
    const facts = {
      id: `chatcmpl-${admitted.admission.exchangeId}`,
      createdAt: Math.floor(admitted.hold.startedAt.getTime() / 1000),
      model: chatRequest.model,
    };
    const work = chatRequest.stream
      ? () => stream(exchange, request, reply, createStreamEncoder({ ...facts, includeUsage, includeCost }))
      : () => complete(exchange, reply, { ...facts, includeCost });
    return live.run(exchange, work);
  }

  async function complete(
    exchange: Exchange,
    reply: FastifyReply,
    { includeCost, ...facts }: { id: string; createdAt: number; model: string; includeCost: boolean },
  ) {
    try {
      const answer = await provider.complete(exchange.call, { signal: exchange.signal });
      exchange.observeAnswer(answer);
      const charge = exchange.end({ kind: 'answered' });
      sayCost(reply, charge);
      meters.answered('openai', 200);
      return encodeResponse({ ...facts, answer, cost: includeCost ? charge?.fee : undefined });
    } catch (error) {
      sayCost(reply, exchange.end({ kind: 'failed', error }));
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
      meters.answered('openai', 200);
    } catch (error) {
      const isTold = error instanceof StreamFailed;
      const charge = exchange.end({ kind: 'failed', error: isTold ? error.cause : error });
      if (!isTold) {
        sayCost(reply, charge);
        throw error;
      }
      meters.answered('openai', 200);
      request.log.warn({ err: error.cause }, 'stream failed');
    }
    return reply;
  }
};

/** What the exchange was charged, known before an answer's headers leave; not on streams, which cost later. */
function sayCost(reply: FastifyReply, charge: Charge | undefined): void {
  if (charge === undefined) return;
  reply.header('x-gateway-cost', formatMoney(charge.fee));
  reply.header('x-gateway-usage-source', charge.usageSource);
}

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
