import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { succeed, success, successList } from '../../lib/envelope.ts';
import { page, parseSort } from '../../lib/page.ts';
import type { Author } from '../audit-log/index.ts';
import { toFile, toListRow } from './rows.ts';
import {
  DeletePriceBody,
  ImportAnswer,
  ImportQuery,
  PriceBookFile,
  PriceBookFileRow,
  PriceListQuery,
  PriceListRow,
  SetPriceAnswer,
  SetPriceBody,
} from './schemas.ts';
import type { DatedList, PriceService } from './service.ts';

/** A book of some ten thousand lists. */
const IMPORT_LIMIT_BYTES = 16 * 1024 * 1024;
const BACKDATED =
  'What was charged since then stays as it is; POST /admin/price/reprice corrects it, POST /admin/price/reprice/preview shows how.';

export const priceRoutes: FastifyPluginAsyncTypebox<{ service: PriceService }> = async (app, { service }) => {
  const config = { access: 'admin' as const };

  app.get(
    '/admin/price/list',
    { config, schema: { querystring: PriceListQuery, response: { 200: successList(PriceListRow) } } },
    async ({ query }) => {
      const found = await service.list({ ...query, baseId: query.base_id });
      const items = sorted(found, query.orderBy)
        .slice(query.offset, query.offset + query.limit)
        .map(({ list, state }) => toListRow(list, state));
      return succeed(page({ items, total: found.length }, query));
    },
  );
  app.post(
    '/admin/price/set',
    { config, schema: { body: SetPriceBody, response: { 200: success(SetPriceAnswer) } } },
    async (request) => {
      const { list, state, isBackdated } = await service.set(request.body, authorOf(request));
      return succeed({ ...toListRow(list, state), note: isBackdated ? BACKDATED : '' });
    },
  );
  app.post(
    '/admin/price/delete',
    { config, schema: { body: DeletePriceBody, response: { 200: success(Type.Null()) } } },
    async (request) => {
      await service.remove(request.body, authorOf(request));
      return succeed(null);
    },
  );
  app.get(
    '/admin/price/export',
    { config, schema: { response: { 200: success(PriceBookFileRow) } } },
    async (_request, reply) => {
      reply.header('content-disposition', 'attachment; filename="prices.json"');
      return succeed(toFile(await service.export()));
    },
  );
  app.post(
    '/admin/price/import',
    {
      config: { ...config, isSlow: true },
      bodyLimit: IMPORT_LIMIT_BYTES,
      // What export answered can be sent back as it is.
      preValidation: async (request) => {
        const body: unknown = request.body;
        // Not checked yet: that comes next.
        if (isEnvelope(body)) request.body = body.data as PriceBookFile;
      },
      schema: { querystring: ImportQuery, body: PriceBookFile, response: { 200: success(ImportAnswer) } },
    },
    async (request) => {
      const isDryRun = request.query.dry_run ?? false;
      return succeed(await service.import(request.body, { author: authorOf(request), isDryRun }));
    },
  );
};

function authorOf(request: FastifyRequest): Author {
  return { actor: request.principal.actor, requestId: request.id };
}

function isEnvelope(body: unknown): body is { success: true; data: unknown } {
  return (
    typeof body === 'object' && body !== null && 'success' in body && body.success === true && 'data' in body
  );
}

/** The book's own order is by place; `valid_from` puts the dates first. */
function sorted(found: readonly DatedList[], orderBy: PriceListQuery['orderBy']): DatedList[] {
  const sort = orderBy === undefined ? { column: 'base', descending: false } : parseSort(orderBy, 'base');
  const inOrder =
    sort.column === 'base'
      ? [...found]
      : found.toSorted((a, b) => a.list.validFrom.getTime() - b.list.validFrom.getTime());
  return sort.descending ? inOrder.reverse() : inOrder;
}
