// Virtual keys: issuing, changing, recharging, listing.
import fp from 'fastify-plugin';
import { createKeyRepository } from './repository.ts';
import { keyRoutes } from './routes.ts';
import { createKeyService } from './service.ts';

export default fp(
  async (app) => {
    const service = createKeyService({
      repository: createKeyRepository({ db: app.database.db }),
      billing: app.billing,
      groups: app.groups,
      secrets: app.secrets,
      principals: app.principals,
      now: () => new Date(),
    });
    app.register(keyRoutes, { service });
  },
  { name: 'keys', fastify: '5.x', dependencies: ['database', 'auth', 'groups', 'billing'] },
);
