// Groups of keys: which models they may ask for and their common limits. Their money is billing's.
import fp from 'fastify-plugin';
import { createGroupRepository, type GroupRepository } from './repository.ts';
import { groupRoutes } from './routes.ts';
import { createGroupService } from './service.ts';

declare module 'fastify' {
  interface FastifyInstance {
    groups: Pick<GroupRepository, 'exists'>;
  }
}

export default fp(
  async (app) => {
    const repository = createGroupRepository({ db: app.database.db });
    const { principals, auditLog, billing } = app;
    const service = createGroupService({
      repository,
      billing,
      principals,
      auditLog,
      now: () => new Date(),
    });
    app.decorate('groups', { exists: repository.exists });
    app.register(groupRoutes, { service });
  },
  { name: 'groups', fastify: '5.x', dependencies: ['database', 'auth', 'audit-log', 'billing'] },
);
