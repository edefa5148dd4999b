// Every module of the console, in the order of the navigation.
import { alertsModule } from './alerts/index.ts';
import { auditLogModule } from './audit-log/index.ts';
import { authModule } from './auth/index.ts';
import { billingModule } from './billing/index.ts';
import { groupsModule } from './groups/index.ts';
import { keysModule, usageModule } from './keys/index.ts';
import { modelsModule } from './models/index.ts';
import type { ConsoleModule } from './module.ts';
import { pricesModule } from './prices/index.ts';
import { reconciliationModule } from './reconciliation/index.ts';
import { sessionsModule } from './sessions/index.ts';
import { statsModule } from './stats/index.ts';
import { threadsModule } from './threads/index.ts';

export const modules: readonly ConsoleModule[] = [
  authModule,
  usageModule,
  statsModule,
  keysModule,
  groupsModule,
  billingModule,
  modelsModule,
  pricesModule,
  alertsModule,
  reconciliationModule,
  sessionsModule,
  threadsModule,
  auditLogModule,
];
