import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { succeed, success, successList } from '../../lib/envelope.ts';
import { IdParams, page, parseSort } from '../../lib/page.ts';
import type { Author } from '../audit-log/index.ts';
import { toRow } from './rows.ts';
import { GroupCreateBody, GroupDeleteBody, GroupListQuery, GroupRow, GroupUpdateBody } from './schemas.ts';
import type { GroupService } from './service.ts';

export const groupRoutes: FastifyPluginAsyncTypebox<{ service: GroupService }> = async (app, { service }) => {
  const config = { access: 'admin' as const };

  app.post(
    '/admin/group/create',
    { config, schema: { body: GroupCreateBody, response: { 200: success(GroupRow) } } },
    async (request) => succeed(toRow(await service.create(request.body, authorOf(request)))),
  );
  app.post(
    '/admin/group/update',
    { config, schema: { body: GroupUpdateBody, response: { 200: success(GroupRow) } } },
    async (request) => succeed(toRow(await service.update(request.body, authorOf(request)))),
  );
  app.post(
    '/admin/group/delete',
    { config, schema: { body: GroupDeleteBody, response: { 200: success(Type.Null()) } } },
    async (request) => {
      await service.remove(request.body.id, authorOf(request));
      return succeed(null);
    },
  );
  app.get(
    '/admin/group/list',
    { config, schema: { querystring: GroupListQuery, response: { 200: successList(GroupRow) } } },
    async ({ query }) => {
      const { items, total } = await service.list({ ...query, sort: parseSort(query.orderBy, 'id') });
      return succeed(page({ items: items.map(toRow), total }, query));
    },
  );
  app.get(
    '/admin/group/detail/:id',
    { config, schema: { params: IdParams, response: { 200: success(GroupRow) } } },
    async ({ params }) => succeed(toRow(await service.get(params.id))),
  );
};

function authorOf(request: FastifyRequest): Author {
  return { actor: request.principal.actor, requestId: request.id };
}
