// Exchanges (threads): single requests with their answer and price.
import type { ConsoleModule } from '../module.ts';

const List = () => import('./ThreadsPage.vue');

export const threadsModule: ConsoleModule = {
  routes: [
    {
      path: '/exchanges',
      component: List,
      props: { scope: 'own' },
      meta: { access: 'own', title: 'threads.title' },
    },
    {
      path: '/all/exchanges',
      component: List,
      props: { scope: 'all' },
      meta: { access: 'admin', title: 'threads.all' },
    },
  ],
  navigation: [
    { to: '/exchanges', icon: 'i-lucide-arrow-left-right', label: 'threads.title', access: 'own' },
    { to: '/all/exchanges', icon: 'i-lucide-arrow-left-right', label: 'threads.all', access: 'admin' },
  ],
};
