// `/v1`: the dialects, one plugin each, with errors of their own.
import type { FastifyPluginAsync } from 'fastify';
import { Refusal } from '../../canonical/refusal.ts';
import { answerAnyOrigin } from './any-origin.ts';
import { embeddingsRoutes } from './embeddings-routes.ts';
import { imagesRoutes } from './images-routes.ts';
import { modelsRoutes } from './models-routes.ts';
import { answerOpenAiErrors } from './openai-errors.ts';
import { openAiRoutes } from './openai-routes.ts';
import type { DialectRoutesOptions } from './routes-options.ts';

export const inferenceRoutes: FastifyPluginAsync<DialectRoutesOptions> = async (
  app,
  { walk, work, meters, bodyLimit },
) => {
  await answerAnyOrigin(app);
  // The prefix, which is among this plugin's own options, must not be handed on.
  const options = { walk, work, meters, bodyLimit };
  app.register(openAiRoutes, options);
  app.register(embeddingsRoutes, options);
  app.register(imagesRoutes, options);
  app.register(modelsRoutes, { meters });

  app.setNotFoundHandler((request) => {
    const path = request.url.split('?')[0] ?? '';
    const isKnown = (['GET', 'POST'] as const).some((method) => app.hasRoute({ method, url: path }));
    if (isKnown) throw new Refusal('method_not_allowed', `Not allowed: ${request.method} ${path}`);
    throw new Refusal('unknown_route', `Unknown request URL: ${request.method} ${path}`);
  });
  answerOpenAiErrors(app, { dialect: 'openai', meters });
};
