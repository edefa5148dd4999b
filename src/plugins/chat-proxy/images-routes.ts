// OpenAI's pictures on the wire: POST /v1/images/generations.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { ImageAnswer } from '../../canonical/image.ts';
import { encodeRateLimits } from '../../wire/openai/encode-rate-limits.ts';
import { decodeImageRequest } from '../../wire/openai/images/decode-images.ts';
import { encodeImagesResponse } from '../../wire/openai/images/encode-images.ts';
import { ImagesBody } from '../../wire/openai/images/schema.ts';
import type { WholeReport } from './exchange.ts';
import { imageJob } from './job.ts';
import { answerOpenAiErrors } from './openai-errors.ts';
import type { DialectRoutesOptions } from './routes-options.ts';

export const imagesRoutes: FastifyPluginAsyncTypebox<DialectRoutesOptions> = async (app, options) => {
  const { work, meters, bodyLimit } = options;
  app.post(
    '/images/generations',
    { config: { access: 'inference' }, bodyLimit, schema: { body: ImagesBody } },
    (request, reply) => {
      const { request: asked, dropped } = decodeImageRequest(request.body);
      const includeCost = request.headers['x-gateway-include-cost'] === 'true';
      return work(request, reply, {
        job: (deps) => imageJob(deps, asked),
        dropped,
        prompt: asked.prompt,
        voice: {
          dialect: 'images',
          body: (answer, { createdAt: at }, cost) => {
            const createdAt = Math.floor(at.getTime() / 1000);
            return encodeImagesResponse({ answer, createdAt, cost: includeCost ? cost : undefined });
          },
          report,
          rateLimits: encodeRateLimits,
          droppedName: (feature) => feature,
        },
      });
    },
  );
  answerOpenAiErrors(app, { dialect: 'images', meters });
};

/** A picture itself is never kept: the record says only that there was one. */
function report({ images, ...answer }: ImageAnswer): WholeReport {
  return { ...answer, content: [{ kind: 'text', text: images.map(() => '[image]').join('\n') }] };
}
