// Virtual keys: issuing, importing, changing, recharging, listing.
import fp from 'fastify-plugin';
import { importRoutes } from './import/routes.ts';
import { createImportService } from './import/service.ts';
import { createIssuer } from './issue.ts';
import { createKeyRepository } from './repository.ts';
import { keyRoutes } from './routes.ts';
import { createKeyService } from './service.ts';

export default fp(
  async (app) => {
    const { billing, groups, secrets, principals, auditLog } = app;
    const repository = createKeyRepository({ db: app.database.db });
    const issue = createIssuer({ repository, billing, groups, secrets, auditLog });
    const service = createKeyService({
      repository,
      issue,
      billing,
      groups,
      secrets,
      principals,
      auditLog,
      now: () => new Date(),
    });
    const importer = createImportService({ repository, issue, billing, groups, secrets });
    app.register(keyRoutes, { service });
    app.register(importRoutes, { importer });
  },
  {
    name: 'keys',
    fastify: '5.x',
    dependencies: ['database', 'errors', 'validation', 'auth', 'audit-log', 'groups', 'billing'],
  },
);
