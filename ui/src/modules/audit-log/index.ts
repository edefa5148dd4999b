// Who changed what, for administrators.
import type { ConsoleModule } from '../module.ts';

export const auditLogModule: ConsoleModule = {
  routes: [
    {
      path: '/audit-log',
      component: () => import('./AuditLogPage.vue'),
      meta: { access: 'admin', title: 'auditLog.title' },
    },
  ],
  navigation: [
    { to: '/audit-log', icon: 'i-lucide-clipboard-list', label: 'auditLog.title', access: 'admin' },
  ],
};
