// OpenAI Responses on the wire, without state: POST /v1/responses.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DROPPED_NAMES } from '../../wire/openai/dropped-features.ts';
import { encodeRateLimits } from '../../wire/openai/encode-rate-limits.ts';
import { type DecodedRequest, decodeRequest } from '../../wire/openai/responses/decode-request.ts';
import { encodeError } from '../../wire/openai/responses/encode-error.ts';
import { encodeResponse } from '../../wire/openai/responses/encode-response.ts';
import { createStreamEncoder } from '../../wire/openai/responses/encode-stream.ts';
import { echoRequest } from '../../wire/openai/responses/response-object.ts';
import { ResponseBody } from '../../wire/openai/responses/schema.ts';
import { fillModel } from './key-rules.ts';
import { answerOpenAiErrors } from './openai-errors.ts';
import type { DialectRoutesOptions } from './routes-options.ts';
import type { AnswerFacts, ChatVoice } from './voice.ts';

export const responsesRoutes: FastifyPluginAsyncTypebox<DialectRoutesOptions> = async (app, options) => {
  const { walk, meters, bodyLimit } = options;
  app.post(
    '/responses',
    {
      config: { access: 'inference' },
      bodyLimit,
      schema: { body: ResponseBody },
      preValidation: async ({ body, key }) => fillModel(body, key.defaults.model),
    },
    respond,
  );
  answerOpenAiErrors(app, { dialect: 'responses', meters, encode: encodeError });

  function respond(request: FastifyRequest<{ Body: ResponseBody }>, reply: FastifyReply) {
    const { body } = request;
    const decoded = decodeRequest(body);
    const includeCost = request.headers['x-gateway-include-cost'] === 'true';
    return walk(request, reply, {
      chat: decoded.request,
      dropped: decoded.dropped,
      messages: spokenBy(body),
      sessionHint: body.prompt_cache_key ?? null,
      voice: createVoice({ body, decoded, includeCost }),
    });
  }
};

/** The conversation as sent, in the record's order: what the client says first, then its items. */
function spokenBy({ instructions, input }: ResponseBody): object[] {
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : (input ?? []);
  return typeof instructions === 'string' ? [{ role: 'system', content: instructions }, ...items] : items;
}

interface VoiceOptions {
  body: ResponseBody;
  decoded: DecodedRequest;
  includeCost: boolean;
}

function createVoice({ body, decoded, includeCost }: VoiceOptions): ChatVoice {
  const { customNames, includesThoughts } = decoded;
  const spell = ({ exchangeId, createdAt, model }: AnswerFacts) => ({
    exchangeId,
    createdAt: Math.floor(createdAt.getTime() / 1000),
    model,
    echo: echoRequest(body),
    customNames,
    includesThoughts,
  });
  return {
    dialect: 'responses',
    whole: (answer, facts, cost) => encodeResponse(spell(facts), answer, includeCost ? cost : undefined),
    stream: (facts) => createStreamEncoder({ ...spell(facts), includeCost }),
    rateLimits: encodeRateLimits,
    droppedName: (feature) => DROPPED_NAMES[feature],
  };
}
