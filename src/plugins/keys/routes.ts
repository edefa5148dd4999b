import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { succeed, success, successList } from '../../lib/envelope.ts';
import { IdParams, page, parseSort } from '../../lib/page.ts';
import { authorOf, onceAuthorOf } from './authors.ts';
import { toRow, toRowWithSecret, toSummary } from './rows.ts';
import {
  ApplyBody,
  KeyListQuery,
  KeyReferenceBody,
  KeyRow,
  KeySummary,
  KeyWithSecret,
  RechargeBody,
  ResetBody,
  UpdateBody,
} from './schemas.ts';
import type { KeyService } from './service.ts';

export const keyRoutes: FastifyPluginAsyncTypebox<{ service: KeyService }> = async (app, { service }) => {
  const config = { access: 'admin' as const };

  app.post(
    '/admin/api-key/apply',
    { config, schema: { body: ApplyBody, response: { 200: success(KeyWithSecret) } } },
    async (request) => {
      const { key, secret } = await service.apply(request.body, onceAuthorOf(request));
      return succeed(toRowWithSecret(key, secret));
    },
  );
  app.post(
    '/admin/api-key/update',
    { config, schema: { body: UpdateBody, response: { 200: success(KeySummary) } } },
    async (request) => succeed(toSummary(await service.update(request.body, authorOf(request)))),
  );
  app.post(
    '/admin/api-key/recharge',
    { config, schema: { body: RechargeBody, response: { 200: success(KeySummary) } } },
    async (request) => succeed(toSummary(await service.recharge(request.body, onceAuthorOf(request)))),
  );
  app.post(
    '/admin/api-key/reset-key',
    { config, schema: { body: ResetBody, response: { 200: success(KeyWithSecret) } } },
    async (request) => {
      const { key, secret } = await service.resetSecret(request.body, authorOf(request));
      return succeed(toRowWithSecret(key, secret));
    },
  );
  app.post(
    '/admin/api-key/delete',
    { config, schema: { body: KeyReferenceBody, response: { 200: success(Type.Null()) } } },
    async (request) => {
      await service.remove(request.body, authorOf(request));
      return succeed(null);
    },
  );
  app.get(
    '/admin/api-key/list',
    { config, schema: { querystring: KeyListQuery, response: { 200: successList(KeyRow) } } },
    async ({ query }) => {
      const { items, total } = await service.list({
        ...query,
        groupId: query.group_id,
        sort: parseSort(query.orderBy, 'id'),
      });
      return succeed(page({ items: items.map(toRow), total }, query));
    },
  );
  app.get(
    '/admin/api-key/detail/:id',
    { config, schema: { params: IdParams, response: { 200: success(KeyRow) } } },
    async ({ params }) => succeed(toRow(await service.get(params.id))),
  );
  app.get(
    '/user/api-key/mine',
    { config: { access: 'key' }, schema: { response: { 200: success(KeyRow) } } },
    async ({ key }) => succeed(toRow(await service.get(key.id))),
  );
};
