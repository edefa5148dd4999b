// Payments, for administrators; the ledger, for everybody their own.
import type { ConsoleModule } from '../module.ts';

const Ledger = () => import('./LedgerPage.vue');

export const billingModule: ConsoleModule = {
  routes: [
    {
      path: '/payments',
      component: () => import('./PaymentsPage.vue'),
      meta: { access: 'admin', title: 'payments.title' },
    },
    {
      path: '/ledger',
      component: Ledger,
      props: { scope: 'own' },
      meta: { access: 'own', title: 'ledger.title' },
    },
    {
      path: '/all/ledger',
      component: Ledger,
      props: { scope: 'all' },
      meta: { access: 'admin', title: 'ledger.all' },
    },
  ],
  navigation: [
    { to: '/ledger', icon: 'i-lucide-book-open', label: 'ledger.title', access: 'own' },
    { to: '/payments', icon: 'i-lucide-credit-card', label: 'payments.title', access: 'admin' },
    { to: '/all/ledger', icon: 'i-lucide-book-open', label: 'ledger.all', access: 'admin' },
  ],
};
