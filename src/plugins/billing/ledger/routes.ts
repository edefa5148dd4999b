import { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { succeed, successList } from '../../../lib/envelope.ts';
import { page, parseSort } from '../../../lib/page.ts';
import type { LedgerFilter, LedgerRepository } from './repository.ts';
import { toCsv, toRow } from './rows.ts';
import { LedgerQuery, LedgerRow, OwnLedgerQuery } from './schemas.ts';

/** Entries of an extract that are in memory at a time. */
const PORTION = 1_000;

export const ledgerRoutes: FastifyPluginAsyncTypebox<{ repository: LedgerRepository }> = async (
  app,
  { repository },
) => {
  const response = { 200: successList(LedgerRow) };
  // No HEAD: it would read a whole extract to throw it away.
  const listed = { exposeHeadRoute: false };

  app.get(
    '/admin/ledger',
    { ...listed, config: { access: 'admin' }, schema: { querystring: LedgerQuery, response } },
    ({ query }, reply) => answer(query, { keyId: query.key_id, groupId: query.group_id }, reply),
  );
  // Always the caller's own, whatever the query says.
  app.get(
    '/user/ledger',
    { ...listed, config: { access: 'key' }, schema: { querystring: OwnLedgerQuery, response } },
    ({ query, key }, reply) => answer(query, { keyId: key.id }, reply),
  );

  async function answer(
    query: OwnLedgerQuery,
    owner: Pick<LedgerFilter, 'keyId' | 'groupId'>,
    reply: FastifyReply,
  ) {
    const filter = { ...toFilter(query), ...owner };
    if (query.format === 'csv') return extract(filter, reply);
    const { items, total } = await repository.list({ ...filter, limit: query.limit, offset: query.offset });
    return reply.send(succeed(page({ items: items.map(toRow), total }, query)));
  }

  function extract(filter: LedgerFilter, reply: FastifyReply) {
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="ledger.csv"')
      .send(Readable.from(toCsv(repository.portions(filter, PORTION))));
  }
};

function toFilter(query: OwnLedgerQuery): LedgerFilter {
  const moment = (text: string | undefined) => (text === undefined ? undefined : new Date(text));
  return {
    kind: query.kind,
    exchangeId: query.exchange_id,
    requestId: query.request_id,
    from: moment(query.from),
    to: moment(query.to),
    q: query.q,
    isAscending: !parseSort(query.orderBy, 'id').descending,
  };
}
