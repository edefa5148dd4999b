import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { succeed, success } from '../../../lib/envelope.ts';
import { IdParams } from '../../../lib/page.ts';
import { ReceiptNotFound } from './errors.ts';
import type { ReceiptRepository } from './repository.ts';
import { toOwnReceipt, toReceipt } from './rows.ts';
import { Receipt } from './schemas.ts';

export const receiptRoutes: FastifyPluginAsyncTypebox<{ repository: ReceiptRepository }> = async (
  app,
  { repository },
) => {
  const schema = { params: IdParams, response: { 200: success(Receipt) } };

  app.get('/admin/thread/receipt/:id', { config: { access: 'admin' }, schema }, ({ params }) =>
    receipt(params.id, { toRow: toReceipt }),
  );
  app.get('/user/thread/receipt/:id', { config: { access: 'key' }, schema }, ({ params, key }) =>
    receipt(params.id, { toRow: toOwnReceipt, keyId: key.id }),
  );

  async function receipt(threadId: number, { toRow, keyId }: { toRow: typeof toReceipt; keyId?: number }) {
    const bill = await repository.find(threadId, keyId);
    if (bill === undefined) throw new ReceiptNotFound();
    return succeed(toRow(bill));
  }
};
