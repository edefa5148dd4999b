// `/v1`: the dialects, one plugin each, with errors of their own.
import type { FastifyPluginAsync } from 'fastify';
import { Refusal } from '../../canonical/refusal.ts';
import { answerErrorsByDialect } from './anthropic-errors.ts';
import { type AnthropicRoutesOptions, anthropicRoutes } from './anthropic-routes.ts';
import { answerAnyOrigin } from './any-origin.ts';
import { completionsRoutes } from './completions-routes.ts';
import { embeddingsRoutes } from './embeddings-routes.ts';
import { imagesRoutes } from './images-routes.ts';
import { modelsRoutes } from './models-routes.ts';
import { openAiRoutes } from './openai-routes.ts';
import { responsesRoutes } from './responses-routes.ts';

export const inferenceRoutes: FastifyPluginAsync<AnthropicRoutesOptions> = async (
  app,
  { walk, work, countTokens, meters, bodyLimit },
) => {
  await answerAnyOrigin(app);
  // The prefix, which is among this plugin's own options, must not be handed on.
  const options = { walk, work, meters, bodyLimit };
  app.register(openAiRoutes, options);
  app.register(responsesRoutes, options);
  app.register(completionsRoutes, options);
  app.register(anthropicRoutes, { ...options, countTokens });
  app.register(embeddingsRoutes, options);
  app.register(imagesRoutes, options);
  app.register(modelsRoutes, { meters });

  app.setNotFoundHandler((request) => {
    const path = request.url.split('?')[0] ?? '';
    const isKnown = (['GET', 'POST'] as const).some((method) => app.hasRoute({ method, url: path }));
    if (isKnown) throw new Refusal('method_not_allowed', `Not allowed: ${request.method} ${path}`);
    const hint = path.startsWith('/v1/responses/') ? '. Responses are not stored by this gateway' : '';
    throw new Refusal('unknown_route', `Unknown request URL: ${request.method} ${path}${hint}`);
  });
  answerErrorsByDialect(app, { meters });
};
