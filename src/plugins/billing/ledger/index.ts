// The ledger as people read it: filtered lists and whole extracts. Reads only; nothing here moves money.
import fp from 'fastify-plugin';
import { createLedgerRepository } from './repository.ts';
import { ledgerRoutes } from './routes.ts';

export default fp(
  async (app) => {
    app.register(ledgerRoutes, { repository: createLedgerRepository({ sql: app.database.sql }) });
  },
  { name: 'ledger', fastify: '5.x', dependencies: ['database', 'auth'] },
);
