// The administrator's overview.
import type { ConsoleModule } from '../module.ts';

export const statsModule: ConsoleModule = {
  routes: [
    {
      path: '/overview',
      component: () => import('./OverviewPage.vue'),
      meta: { access: 'admin', title: 'overview.title' },
    },
  ],
  navigation: [
    { to: '/overview', icon: 'i-lucide-layout-dashboard', label: 'overview.title', access: 'admin' },
  ],
};
