// Keys: one's own numbers for every holder, all keys for administrators.
import type { ConsoleModule } from '../module.ts';

export const usageModule: ConsoleModule = {
  routes: [
    { path: '/', component: () => import('./UsagePage.vue'), meta: { access: 'own', title: 'usage.title' } },
  ],
  navigation: [{ to: '/', icon: 'i-lucide-gauge', label: 'usage.title', access: 'own' }],
};

export const keysModule: ConsoleModule = {
  routes: [
    {
      path: '/keys',
      component: () => import('./KeysPage.vue'),
      meta: { access: 'admin', title: 'keys.title' },
    },
    {
      path: '/keys/:id(\\d+)',
      component: () => import('./KeyPage.vue'),
      meta: { access: 'admin', title: 'keys.one' },
    },
  ],
  navigation: [{ to: '/keys', icon: 'i-lucide-key-round', label: 'keys.title', access: 'admin' }],
};
