// The bill of one exchange, as an administrator or its own key may read it. Reads only; nothing here moves money.
import fp from 'fastify-plugin';
import { createReceiptRepository } from './repository.ts';
import { receiptRoutes } from './routes.ts';

export default fp(
  async (app) => {
    app.register(receiptRoutes, { repository: createReceiptRepository({ db: app.database.db }) });
  },
  { name: 'receipts', fastify: '5.x', dependencies: ['database', 'auth'] },
);
