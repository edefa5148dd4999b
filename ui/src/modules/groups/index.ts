// Groups of keys, for administrators.
import type { ConsoleModule } from '../module.ts';

export const groupsModule: ConsoleModule = {
  routes: [
    {
      path: '/groups',
      component: () => import('./GroupsPage.vue'),
      meta: { access: 'admin', title: 'groups.title' },
    },
  ],
  navigation: [{ to: '/groups', icon: 'i-lucide-users', label: 'groups.title', access: 'admin' }],
};
