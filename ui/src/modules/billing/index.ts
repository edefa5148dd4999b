// Payments, for administrators.
import type { ConsoleModule } from '../module.ts';

export const billingModule: ConsoleModule = {
  routes: [
    {
      path: '/payments',
      component: () => import('./PaymentsPage.vue'),
      meta: { access: 'admin', title: 'payments.title' },
    },
  ],
  navigation: [{ to: '/payments', icon: 'i-lucide-credit-card', label: 'payments.title', access: 'admin' }],
};
