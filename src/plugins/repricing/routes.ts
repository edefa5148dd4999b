import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { succeed, success, successList } from '../../lib/envelope.ts';
import { readIdempotencyKey } from '../../lib/idempotency-key.ts';
import { page, parseSort } from '../../lib/page.ts';
import { RepriceRangeInvalid } from './errors.ts';
import type { RepriceRange } from './plan.ts';
import { toPreview, toRunRow } from './rows.ts';
import { RepriceBody, RepriceListQuery, RepricePreview, RepricePreviewBody, RepriceRun } from './schemas.ts';
import type { RepricingService } from './service.ts';

const STANDARD_TIER = 'standard';

export const repricingRoutes: FastifyPluginAsyncTypebox<{ service: RepricingService }> = async (
  app,
  { service },
) => {
  const config = { access: 'admin' as const };
  const slowConfig = { ...config, isSlow: true };

  app.post(
    '/admin/price/reprice/preview',
    { config: slowConfig, schema: { body: RepricePreviewBody, response: { 200: success(RepricePreview) } } },
    async ({ body }) => succeed(toPreview(await service.preview(readRange(body)))),
  );
  app.post(
    '/admin/price/reprice',
    { config: slowConfig, schema: { body: RepriceBody, response: { 200: success(RepriceRun) } } },
    async (request) => {
      const { reason, token } = request.body;
      const author = {
        actor: request.principal.actor,
        requestId: request.id,
        idempotencyKey: readIdempotencyKey(request.headers['idempotency-key']),
      };
      return succeed(
        toRunRow(await service.apply({ range: readRange(request.body), reason, token }, author)),
      );
    },
  );
  app.get(
    '/admin/price/reprice/list',
    { config, schema: { querystring: RepriceListQuery, response: { 200: successList(RepriceRun) } } },
    async ({ query }) => {
      const { items, total } = await service.list({
        ...query,
        baseId: query.base_id,
        isAscending: !parseSort(query.orderBy, 'id').descending,
      });
      return succeed(page({ items: items.map(toRunRow), total }, query));
    },
  );
};

function readRange(body: RepricePreviewBody): RepriceRange {
  const from = readMoment('from', body.from);
  const to = readMoment('to', body.to);
  if (to <= from) throw new RepriceRangeInvalid('to: must be after from');
  return { baseId: body.base_id, scope: body.scope, tier: body.tier ?? STANDARD_TIER, from, to };
}

function readMoment(field: string, text: string): Date {
  const moment = new Date(text);
  // The format lets a leap second through, which a Date cannot hold.
  if (Number.isNaN(moment.getTime())) throw new RepriceRangeInvalid(`${field}: is not a moment`);
  return moment;
}
