// Alerts: what was said about quotas and budgets, and the channels it is sent to.
import type { ConsoleModule } from '../module.ts';

export const alertsModule: ConsoleModule = {
  routes: [
    {
      path: '/alerts',
      component: () => import('./AlertsPage.vue'),
      meta: { access: 'admin', title: 'alerts.title' },
    },
  ],
  navigation: [{ to: '/alerts', icon: 'i-lucide-bell', label: 'alerts.title', access: 'admin' }],
};
