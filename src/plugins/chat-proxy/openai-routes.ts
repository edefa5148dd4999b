// OpenAI Chat on the wire: POST /v1/chat/completions.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { decodeRequest } from '../../wire/openai/chat/decode-request.ts';
import type { ToolStyle } from '../../wire/openai/chat/decode-tools.ts';
import { droppedName } from '../../wire/openai/chat/dropped-features.ts';
import { encodeResponse } from '../../wire/openai/chat/encode-response.ts';
import { createStreamEncoder } from '../../wire/openai/chat/encode-stream.ts';
import { ChatCompletionBody } from '../../wire/openai/chat/schema.ts';
import { encodeRateLimits } from '../../wire/openai/encode-rate-limits.ts';
import { fillModel } from './key-rules.ts';
import { answerOpenAiErrors } from './openai-errors.ts';
import type { DialectRoutesOptions } from './routes-options.ts';
import type { AnswerFacts, ChatVoice } from './voice.ts';

export const openAiRoutes: FastifyPluginAsyncTypebox<DialectRoutesOptions> = async (app, options) => {
  const { walk, meters, bodyLimit } = options;
  app.post(
    '/chat/completions',
    {
      config: { access: 'inference' },
      bodyLimit,
      schema: { body: ChatCompletionBody },
      preValidation: async ({ body, key }) => fillModel(body, key.defaults.model),
    },
    chat,
  );
  answerOpenAiErrors(app, { dialect: 'openai', meters });

  function chat(request: FastifyRequest<{ Body: ChatCompletionBody }>, reply: FastifyReply) {
    const { request: asked, includeUsage, toolStyle, dropped } = decodeRequest(request.body);
    const includeCost = request.headers['x-gateway-include-cost'] === 'true';
    const voice = createVoice({ includeUsage, includeCost, toolStyle });
    return walk(request, reply, { chat: asked, dropped, messages: request.body.messages, voice });
  }
};

function createVoice({
  includeUsage,
  includeCost,
  toolStyle,
}: {
  includeUsage: boolean;
  includeCost: boolean;
  toolStyle: ToolStyle;
}): ChatVoice {
  const spell = ({ exchangeId, createdAt, model }: AnswerFacts) => ({
    id: `chatcmpl-${exchangeId}`,
    createdAt: Math.floor(createdAt.getTime() / 1000),
    model,
  });
  return {
    dialect: 'openai',
    whole: (answer, facts, cost) =>
      encodeResponse({ ...spell(facts), answer, toolStyle, cost: includeCost ? cost : undefined }),
    stream: (facts) => createStreamEncoder({ ...spell(facts), includeUsage, includeCost, toolStyle }),
    rateLimits: encodeRateLimits,
    droppedName: (feature) => droppedName(feature, toolStyle),
  };
}
