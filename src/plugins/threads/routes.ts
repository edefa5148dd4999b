import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { succeed, success, successList } from '../../lib/envelope.ts';
import { Id, IdParams, page, parseSort } from '../../lib/page.ts';
import { IdMissing, ThreadNotFound } from './errors.ts';
import type { ThreadRepository } from './repository.ts';
import { toDetail, toRow } from './rows.ts';
import { AdminThreadListQuery, ThreadDetail, ThreadListQuery, ThreadRow } from './schemas.ts';

const IdQuery = Type.Object({ id: Type.Optional(Id) });

export const threadRoutes: FastifyPluginAsyncTypebox<{ repository: ThreadRepository }> = async (
  app,
  { repository },
) => {
  const one = { response: { 200: success(ThreadDetail) } };
  const many = { response: { 200: successList(ThreadRow) } };
  const admin = { access: 'admin' as const };
  const own = { access: 'key' as const };

  app.get(
    '/admin/thread/list',
    { config: admin, schema: { querystring: AdminThreadListQuery, ...many } },
    ({ query }) => list(query, query.key_id),
  );
  app.get('/admin/thread/detail/:id', { config: admin, schema: { params: IdParams, ...one } }, ({ params }) =>
    detail(params.id, undefined),
  );
  app.get(
    '/admin/thread/detail',
    { config: admin, schema: { querystring: IdQuery, ...one } },
    async ({ query }) => {
      if (query.id === undefined) throw new IdMissing();
      return detail(query.id, undefined);
    },
  );
  // Always the caller's own, whatever the query says.
  app.get(
    '/user/thread/list',
    { config: own, schema: { querystring: ThreadListQuery, ...many } },
    ({ query, key }) => list(query, key.id),
  );
  app.get(
    '/user/thread/detail/:id',
    { config: own, schema: { params: IdParams, ...one } },
    ({ params, key }) => detail(params.id, key.id),
  );

  async function list(query: ThreadListQuery, keyId: number | undefined) {
    // A conversation is read from its beginning, everything else from the latest.
    const isAscending =
      query.orderBy === undefined
        ? query.session_id !== undefined
        : !parseSort(query.orderBy, 'id').descending;
    const { items, total } = await repository.list({
      ...query,
      keyId,
      sessionId: query.session_id,
      isAscending,
    });
    return succeed(page({ items: items.map(toRow), total }, query));
  }

  async function detail(id: number, keyId: number | undefined) {
    const found = await repository.find(id, keyId);
    if (found === undefined) throw new ThreadNotFound();
    return succeed(toDetail(found));
  }
};
