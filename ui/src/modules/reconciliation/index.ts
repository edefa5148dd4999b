// The ledger against AWS, for administrators.
import type { ConsoleModule } from '../module.ts';

export const reconciliationModule: ConsoleModule = {
  routes: [
    {
      path: '/reconciliation',
      component: () => import('./ReconciliationPage.vue'),
      meta: { access: 'admin', title: 'reconciliation.title' },
    },
  ],
  navigation: [
    { to: '/reconciliation', icon: 'i-lucide-scale', label: 'reconciliation.title', access: 'admin' },
  ],
};
