// The price book and its corrections, for administrators.
import type { ConsoleModule } from '../module.ts';

export const pricesModule: ConsoleModule = {
  routes: [
    {
      path: '/prices',
      component: () => import('./PricesPage.vue'),
      meta: { access: 'admin', title: 'prices.title' },
    },
    {
      path: '/prices/reprice',
      component: () => import('./RepricePage.vue'),
      meta: { access: 'admin', title: 'reprice.title' },
    },
  ],
  navigation: [{ to: '/prices', icon: 'i-lucide-tags', label: 'prices.title', access: 'admin' }],
};
