// Correcting what was charged when the price book was wrong: previewed first, then entered, never edited.
import fp from 'fastify-plugin';
import { createRepricingRepository } from './repository.ts';
import { repricingRoutes } from './routes.ts';
import { createRepricingService } from './service.ts';

export default fp(
  async (app) => {
    const service = createRepricingService({
      repository: createRepricingRepository({ db: app.database.db }),
      prices: app.prices,
      billing: app.billing,
      auditLog: app.auditLog,
      log: app.log,
    });
    app.register(repricingRoutes, { service });
    app.addHook('onReady', async () => {
      service.resume().catch((error) => app.log.error({ err: error }, 're-pricing was interrupted'));
    });
    app.addHook('preClose', service.close);
  },
  { name: 'repricing', fastify: '5.x', dependencies: ['database', 'auth', 'audit-log', 'prices', 'billing'] },
);
