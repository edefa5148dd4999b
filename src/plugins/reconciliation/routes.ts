import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { succeed, success, successList } from '../../lib/envelope.ts';
import { formatMoney } from '../../lib/money.ts';
import { page, parseSort } from '../../lib/page.ts';
import type { ReportService } from './report/service.ts';
import { toImportRow, toProposalRow } from './rows.ts';
import {
  DeleteBody,
  ImportAnswer,
  ImportListQuery,
  ImportQuery,
  ImportRow,
  PostAnswer,
  PostBody,
  ProposalListQuery,
  ProposalRow,
  Report,
  ReportQuery,
} from './schemas.ts';
import type { ReconciliationService } from './service.ts';
import { refuseTooLarge } from './upload.ts';

export interface ReconciliationRoutesOptions {
  service: ReconciliationService;
  report: ReportService;
}

/** What a file may be sent as; what it is, its content says. `text/plain` is left out: a foreign page could send it. */
const FILE_TYPES = [
  'application/gzip',
  'application/x-gzip',
  'text/csv',
  'application/x-ndjson',
  'application/json',
  'application/octet-stream',
];

const access = { access: 'admin' } as const;
const slow = { ...access, isSlow: true } as const;

export const reconciliationRoutes: FastifyPluginAsyncTypebox<ReconciliationRoutesOptions> = async (
  app,
  { service, report },
) => {
  app.register(importRoute, { service });
  app.get(
    '/admin/reconciliation/list',
    { config: access, schema: { querystring: ImportListQuery, response: { 200: successList(ImportRow) } } },
    async ({ query }) => {
      const { items, total } = await service.list({ ...query, isAscending: isAscending(query) });
      return succeed(page({ items: items.map(toImportRow), total }, query));
    },
  );
  app.post(
    '/admin/reconciliation/delete',
    { config: slow, schema: { body: DeleteBody, response: { 200: success(Type.Null()) } } },
    async (request) => {
      await service.remove(request.body.id, authorOf(request));
      return succeed(null);
    },
  );
  app.get(
    '/admin/reconciliation/report',
    { config: slow, schema: { querystring: ReportQuery, response: { 200: success(Report) } } },
    async ({ query }) => succeed(await report.of(query)),
  );
  app.get(
    '/admin/reconciliation/proposal/list',
    {
      config: access,
      schema: { querystring: ProposalListQuery, response: { 200: successList(ProposalRow) } },
    },
    async ({ query }) => {
      const { items, total } = await service.listProposals({
        ...query,
        importId: query.import_id,
        isAscending: isAscending(query),
      });
      return succeed(page({ items: items.map(toProposalRow), total }, query));
    },
  );
  app.post(
    '/admin/reconciliation/post',
    { config: slow, schema: { body: PostBody, response: { 200: success(PostAnswer) } } },
    async (request) => {
      const { posted, amount } = await service.post(request.body.ids, authorOf(request));
      return succeed({ posted, amount: formatMoney(amount) });
    },
  );
};

/** In a scope of its own: here a body is a file, whatever its type. */
const importRoute: FastifyPluginAsyncTypebox<{ service: ReconciliationService }> = async (
  app,
  { service },
) => {
  app.removeContentTypeParser('application/json');
  // The handler reads the stream itself: nothing is gathered in memory, and the limit is the upload's.
  app.addContentTypeParser(FILE_TYPES, (_request, _payload, done) => done(null));
  app.post(
    '/admin/reconciliation/import',
    { config: slow, schema: { querystring: ImportQuery, response: { 200: success(ImportAnswer) } } },
    async (request) => {
      refuseTooLarge(request.headers['content-length']);
      const { import: imported, isKnown } = await service.import(
        request.raw,
        request.query,
        authorOf(request),
      );
      return succeed({ import: toImportRow(imported), is_known: isKnown });
    },
  );
};

function isAscending({ orderBy }: { orderBy?: string | undefined }): boolean {
  return !parseSort(orderBy, 'id').descending;
}

function authorOf(request: FastifyRequest) {
  return { actor: request.principal.actor, requestId: request.id };
}
