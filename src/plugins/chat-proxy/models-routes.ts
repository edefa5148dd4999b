// The list of models as clients of either dialect read it: the path is the same, the version header tells them apart.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { Refusal } from '../../canonical/refusal.ts';
import * as anthropic from '../../wire/anthropic/encode-models.ts';
import { encodeModel, encodeModelList } from '../../wire/openai/encode-models.ts';
import type { KeyPrincipal } from '../auth/index.ts';
import type { Model } from '../models/index.ts';
import { answerErrorsByDialect, speaksAnthropic } from './anthropic-errors.ts';
import { mayUse } from './key-rules.ts';
import type { Meters } from './meters.ts';

/** An aside, not a hot path, but a name longer than any model id is nobody's. */
const ModelParams = Type.Object({ '*': Type.String({ maxLength: 2048 }) });

export const modelsRoutes: FastifyPluginAsyncTypebox<{ meters: Meters }> = async (app, { meters }) => {
  const config = { access: 'inference' as const };
  app.get('/models', { config }, async (request) => {
    const models = modelsFor(request.key);
    return speaksAnthropic(request)
      ? anthropic.encodeModelList(models.map(toAnthropic))
      : encodeModelList(models.map(toListed));
  });
  // A wildcard: model ids may be ARNs with slashes.
  app.get('/models/*', { config, schema: { params: ModelParams } }, async (request) => {
    const { params, key } = request;
    const model = modelsFor(key).find(({ name }) => name === params['*']);
    if (model === undefined)
      throw new Refusal('model_not_found', `The model \`${params['*']}\` does not exist.`, {
        param: 'model',
      });
    return speaksAnthropic(request)
      ? anthropic.encodeModel(toAnthropic(model))
      : encodeModel(toListed(model));
  });
  answerErrorsByDialect(app, { meters });

  function modelsFor(key: KeyPrincipal): readonly Model[] {
    return app.models.list().filter((model) => mayUse(key, model));
  }
};

function toListed(model: Model) {
  return {
    id: model.name,
    createdAt: Math.floor(model.createdAt.getTime() / 1000),
    ownedBy: model.vendor,
    takesImages: model.capabilities.imageInput === true,
  };
}

function toAnthropic({ name, displayName, createdAt, contextTokens, maxOutputTokens }: Model) {
  return { id: name, displayName, createdAt, contextTokens, maxOutputTokens };
}
