// Anthropic's Messages on the wire: POST /v1/messages and POST /v1/messages/count_tokens.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type DecodedRequest, decodeRequest } from '../../wire/anthropic/decode-request.ts';
import { droppedName } from '../../wire/anthropic/dropped-features.ts';
import { encodeError } from '../../wire/anthropic/encode-error.ts';
import { encodeRateLimits } from '../../wire/anthropic/encode-rate-limits.ts';
import { encodeResponse } from '../../wire/anthropic/encode-response.ts';
import { createStreamEncoder } from '../../wire/anthropic/encode-stream.ts';
import { CountTokensBody, MessagesBody } from '../../wire/anthropic/schema.ts';
import { answerAnthropicErrors, REQUEST_ID_HEADER } from './anthropic-errors.ts';
import type { CountTokens } from './count-tokens.ts';
import { fillModel } from './key-rules.ts';
import type { DialectRoutesOptions } from './routes-options.ts';
import type { AnswerFacts, ChatVoice } from './voice.ts';

export interface AnthropicRoutesOptions extends DialectRoutesOptions {
  countTokens: CountTokens;
}

export const anthropicRoutes: FastifyPluginAsyncTypebox<AnthropicRoutesOptions> = async (app, options) => {
  const { walk, countTokens, meters, bodyLimit } = options;
  const shared = {
    config: { access: 'inference' },
    bodyLimit,
    preValidation: async ({ body, key }: FastifyRequest) => fillModel(body, key.defaults.model),
  } as const;
  app.addHook('onRequest', async (request, reply) => {
    reply.header(REQUEST_ID_HEADER, request.id);
  });
  app.post('/messages', { ...shared, schema: { body: MessagesBody } }, chat);
  app.post('/messages/count_tokens', { ...shared, schema: { body: CountTokensBody } }, count);
  answerAnthropicErrors(app, { meters });

  function chat(request: FastifyRequest<{ Body: MessagesBody }>, reply: FastifyReply) {
    const decoded = decode(request);
    const includeCost = request.headers['x-gateway-include-cost'] === 'true';
    const voice = createVoice({ requestId: request.id, model: request.body.model, includeCost });
    const { request: asked, dropped, messages, sessionHint } = decoded;
    return walk(request, reply, { chat: asked, dropped, messages, sessionHint, voice });
  }

  async function count(request: FastifyRequest<{ Body: CountTokensBody }>, reply: FastifyReply) {
    const { request: asked, dropped } = decode(request);
    const counted = await countTokens(request, asked);
    const names = [...new Set([...dropped, ...counted.dropped.map(droppedName)])];
    if (names.length > 0) reply.header('x-gateway-dropped-params', names.join(', '));
    reply.header('x-gateway-usage-source', counted.source);
    meters.answered('anthropic', 200);
    return { input_tokens: counted.inputTokens };
  }
};

function decode({ body, headers }: FastifyRequest<{ Body: CountTokensBody }>): DecodedRequest {
  return decodeRequest(body, {
    version: one(headers['anthropic-version']),
    beta: one(headers['anthropic-beta']),
  });
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header;
}

interface Speaker {
  requestId: string;
  /** As the client wrote it: the catalogue's name may lack its suffix. */
  model: string;
  includeCost: boolean;
}

function createVoice({ requestId, model, includeCost }: Speaker): ChatVoice {
  const spell = ({ exchangeId }: AnswerFacts) => ({ id: `msg_${exchangeId}`, model });
  return {
    dialect: 'anthropic',
    whole: (answer, facts, cost) => encodeResponse(answer, spell(facts), includeCost ? cost : undefined),
    stream: (facts) =>
      createStreamEncoder({
        ...spell(facts),
        inputTokensEstimate: facts.inputTokensEstimate,
        includeCost,
        encodeError: (error) => encodeError(error, { requestId, now: new Date() }).body,
      }),
    rateLimits: (limits) => encodeRateLimits(limits, new Date()),
    droppedName,
  };
}
