// OpenAI's older completions on the wire: POST /v1/completions.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { decodeCompletion } from '../../wire/openai/completions/decode-request.ts';
import { encodeCompletion } from '../../wire/openai/completions/encode-response.ts';
import { createCompletionStream } from '../../wire/openai/completions/encode-stream.ts';
import { CompletionBody } from '../../wire/openai/completions/schema.ts';
import { DROPPED_NAMES } from '../../wire/openai/dropped-features.ts';
import { encodeRateLimits } from '../../wire/openai/encode-rate-limits.ts';
import { fillModel } from './key-rules.ts';
import { answerOpenAiErrors } from './openai-errors.ts';
import type { DialectRoutesOptions } from './routes-options.ts';
import type { AnswerFacts, ChatVoice } from './voice.ts';

export const completionsRoutes: FastifyPluginAsyncTypebox<DialectRoutesOptions> = async (app, options) => {
  const { walk, meters, bodyLimit } = options;
  app.post(
    '/completions',
    {
      config: { access: 'inference' },
      bodyLimit,
      schema: { body: CompletionBody },
      preValidation: async ({ body, key }) => fillModel(body, key.defaults.model),
    },
    complete,
  );
  answerOpenAiErrors(app, { dialect: 'completions', meters });

  function complete(request: FastifyRequest<{ Body: CompletionBody }>, reply: FastifyReply) {
    const { request: chat, includeUsage, dropped } = decodeCompletion(request.body);
    const includeCost = request.headers['x-gateway-include-cost'] === 'true';
    const voice = createVoice({ includeUsage, includeCost });
    const messages = [{ role: 'user', content: promptOf(chat.turns) }];
    return walk(request, reply, { chat, dropped, messages, voice });
  }
};

function promptOf(turns: ReturnType<typeof decodeCompletion>['request']['turns']): string {
  return turns
    .flatMap(({ content }) => content)
    .map((block) => (block.kind === 'text' ? block.text : ''))
    .join('');
}

function createVoice({
  includeUsage,
  includeCost,
}: {
  includeUsage: boolean;
  includeCost: boolean;
}): ChatVoice {
  const spell = ({ exchangeId, createdAt, model }: AnswerFacts) => ({
    id: `cmpl-${exchangeId}`,
    createdAt: Math.floor(createdAt.getTime() / 1000),
    model,
  });
  return {
    dialect: 'completions',
    whole: (answer, facts, cost) => encodeCompletion(spell(facts), answer, includeCost ? cost : undefined),
    stream: (facts) => createCompletionStream({ ...spell(facts), includeUsage, includeCost }),
    rateLimits: encodeRateLimits,
    droppedName: (feature) => DROPPED_NAMES[feature],
  };
}
