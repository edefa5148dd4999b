// OpenAI's embeddings on the wire: POST /v1/embeddings.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { decodeEmbeddingRequest } from '../../wire/openai/embeddings/decode-embedding.ts';
import { encodeEmbeddingResponse } from '../../wire/openai/embeddings/encode-embedding.ts';
import { EmbeddingsBody } from '../../wire/openai/embeddings/schema.ts';
import { encodeRateLimits } from '../../wire/openai/encode-rate-limits.ts';
import { embeddingJob } from './job.ts';
import { answerOpenAiErrors } from './openai-errors.ts';
import type { DialectRoutesOptions } from './routes-options.ts';

export const embeddingsRoutes: FastifyPluginAsyncTypebox<DialectRoutesOptions> = async (app, options) => {
  const { work, meters, bodyLimit } = options;
  app.post(
    '/embeddings',
    { config: { access: 'inference' }, bodyLimit, schema: { body: EmbeddingsBody } },
    (request, reply) => {
      const { request: asked, format } = decodeEmbeddingRequest(request.body);
      const includeCost = request.headers['x-gateway-include-cost'] === 'true';
      return work(request, reply, {
        job: (deps) => embeddingJob(deps, asked),
        dropped: [],
        prompt: asked.texts.join('\n'),
        voice: {
          dialect: 'embeddings',
          body: (answer, { model }, cost) =>
            encodeEmbeddingResponse({ answer, model, format, cost: includeCost ? cost : undefined }),
          report: (answer) => answer,
          rateLimits: encodeRateLimits,
          droppedName: () => 'input_type',
        },
      });
    },
  );
  answerOpenAiErrors(app, { dialect: 'embeddings', meters });
};
