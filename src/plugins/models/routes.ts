import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { succeed, success, successList } from '../../lib/envelope.ts';
import { IdParams, page, parseSort } from '../../lib/page.ts';
import type { Author } from '../audit-log/index.ts';
import type { ModelRow as StoredModel } from './repository.ts';
import { toRow } from './rows.ts';
import { CreateModelBody, DeleteModelBody, ModelListQuery, ModelRow, UpdateModelBody } from './schemas.ts';
import type { ModelService } from './service.ts';

export const modelRoutes: FastifyPluginAsyncTypebox<{ service: ModelService }> = async (app, { service }) => {
  const config = { access: 'admin' as const };
  const rowOf = (model: StoredModel) => toRow(model, app.models.priceOf(model, new Date()));

  app.get(
    '/admin/model/list',
    { config, schema: { querystring: ModelListQuery, response: { 200: successList(ModelRow) } } },
    async ({ query }) => {
      const { items, total } = await service.list({
        ...query,
        baseId: query.base_id,
        isFree: query.is_free,
        isRetired: query.is_retired,
        sort: parseSort(query.orderBy, 'id'),
      });
      return succeed(page({ items: items.map(rowOf), total }, query));
    },
  );
  app.get(
    '/admin/model/detail/:id',
    { config, schema: { params: IdParams, response: { 200: success(ModelRow) } } },
    async ({ params }) => succeed(rowOf(await service.get(params.id))),
  );
  app.post(
    '/admin/model/create',
    { config, schema: { body: CreateModelBody, response: { 200: success(ModelRow) } } },
    async (request) => succeed(rowOf(await service.create(request.body, authorOf(request)))),
  );
  app.post(
    '/admin/model/update',
    { config, schema: { body: UpdateModelBody, response: { 200: success(ModelRow) } } },
    async (request) => succeed(rowOf(await service.update(request.body, authorOf(request)))),
  );
  app.post(
    '/admin/model/delete',
    { config, schema: { body: DeleteModelBody, response: { 200: success(Type.Null()) } } },
    async (request) => {
      await service.remove(request.body.id, authorOf(request));
      return succeed(null);
    },
  );
};

function authorOf(request: FastifyRequest): Author {
  return { actor: request.principal.actor, requestId: request.id };
}
