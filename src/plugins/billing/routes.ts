import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { succeed, successList } from '../../lib/envelope.ts';
import { formatMoney } from '../../lib/money.ts';
import { page, parseSort } from '../../lib/page.ts';
import { PaymentListQuery, PaymentRow } from './schemas.ts';
import type { WalletRepository } from './wallets/repository.ts';

export const billingRoutes: FastifyPluginAsyncTypebox<{ wallets: WalletRepository }> = async (
  app,
  { wallets },
) => {
  app.get(
    '/admin/payment/list',
    {
      config: { access: 'admin' },
      schema: { querystring: PaymentListQuery, response: { 200: successList(PaymentRow) } },
    },
    async ({ query }) => {
      const isAscending = !parseSort(query.orderBy, 'id').descending;
      const { items, total } = await wallets.listPayments({ ...query, keyId: query.key_id, isAscending });
      const rows = items.map((row) => ({
        id: row.id,
        key_id: row.keyId,
        fee: formatMoney(row.amount),
        created_at: row.createdAt.toISOString(),
        actor: row.actor,
        reason: row.reason,
      }));
      return succeed(page({ items: rows, total }, query));
    },
  );
};
