// The ledger against what AWS logged and billed: files in, a report and proposed corrections out.
import fp from 'fastify-plugin';
import { createBillRepository } from './bill/repository.ts';
import { createLogRepository } from './logs/repository.ts';
import { createReportRepository } from './report/repository.ts';
import { createReportService } from './report/service.ts';
import { createReconciliationRepository } from './repository.ts';
import { reconciliationRoutes } from './routes.ts';
import { createReconciliationService } from './service.ts';

export default fp(
  async (app) => {
    const service = createReconciliationService({
      repository: createReconciliationRepository({ db: app.database.db }),
      logs: createLogRepository(),
      bills: createBillRepository(),
      billing: app.billing,
      auditLog: app.auditLog,
    });
    const report = createReportService({
      repository: createReportRepository({ sql: app.database.sql }),
      now: () => new Date(),
    });
    app.register(reconciliationRoutes, { service, report });
  },
  { name: 'reconciliation', fastify: '5.x', dependencies: ['database', 'auth', 'audit-log', 'billing'] },
);
