import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { succeed, success, successList } from '../../lib/envelope.ts';
import { formatMoney } from '../../lib/money.ts';
import { Id, IdParams, page, parseSort } from '../../lib/page.ts';
import { IdMissing, SessionNotFound } from './errors.ts';
import type { SessionOverview, SessionRepository } from './repository.ts';
import { AdminSessionListQuery, SessionListQuery, SessionRow } from './schemas.ts';

const IdQuery = Type.Object({ id: Type.Optional(Id) });

export const sessionRoutes: FastifyPluginAsyncTypebox<{ repository: SessionRepository }> = async (
  app,
  { repository },
) => {
  const one = { response: { 200: success(SessionRow) } };
  const many = { response: { 200: successList(SessionRow) } };
  const admin = { access: 'admin' as const };
  const own = { access: 'key' as const };

  app.get(
    '/admin/session/list',
    { config: admin, schema: { querystring: AdminSessionListQuery, ...many } },
    ({ query }) => list(query, query.key_id),
  );
  app.get(
    '/admin/session/detail/:id',
    { config: admin, schema: { params: IdParams, ...one } },
    ({ params }) => detail(params.id, undefined),
  );
  app.get(
    '/admin/session/detail',
    { config: admin, schema: { querystring: IdQuery, ...one } },
    async ({ query }) => {
      if (query.id === undefined) throw new IdMissing();
      return detail(query.id, undefined);
    },
  );
  // Always the caller's own, whatever the query says.
  app.get(
    '/user/session/list',
    { config: own, schema: { querystring: SessionListQuery, ...many } },
    ({ query, key }) => list(query, key.id),
  );
  app.get(
    '/user/session/detail/:id',
    { config: own, schema: { params: IdParams, ...one } },
    ({ params, key }) => detail(params.id, key.id),
  );

  async function list(query: SessionListQuery, keyId: number | undefined) {
    const { items, total } = await repository.list({ ...query, keyId, sort: parseSort(query.orderBy, 'id') });
    return succeed(page({ items: items.map(toRow), total }, query));
  }

  async function detail(id: number, keyId: number | undefined) {
    const found = await repository.find(id, keyId);
    if (found === undefined) throw new SessionNotFound();
    return succeed(toRow(found));
  }
};

function toRow(session: SessionOverview): SessionRow {
  return {
    id: session.id,
    key: session.key,
    origin: session.origin,
    title: session.title,
    key_id: session.keyId,
    total_in_tokens: session.totalInTokens,
    total_out_tokens: session.totalOutTokens,
    total_fee: formatMoney(session.totalFee),
    currency: 'USD',
    created_at: session.createdAt.toISOString(),
    updated_at: session.updatedAt.toISOString(),
  };
}
