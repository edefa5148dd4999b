// Sessions: conversations of one's own, or of everybody for administrators.
import type { ConsoleModule } from '../module.ts';

const List = () => import('./SessionsPage.vue');
const One = () => import('./SessionPage.vue');

export const sessionsModule: ConsoleModule = {
  routes: [
    {
      path: '/sessions',
      component: List,
      props: { scope: 'own' },
      meta: { access: 'own', title: 'sessions.title' },
    },
    {
      path: '/sessions/:id(\\d+)',
      component: One,
      props: { scope: 'own' },
      meta: { access: 'own', title: 'sessions.one' },
    },
    {
      path: '/all/sessions',
      component: List,
      props: { scope: 'all' },
      meta: { access: 'admin', title: 'sessions.all' },
    },
    {
      path: '/all/sessions/:id(\\d+)',
      component: One,
      props: { scope: 'all' },
      meta: { access: 'admin', title: 'sessions.one' },
    },
  ],
  navigation: [
    { to: '/sessions', icon: 'i-lucide-messages-square', label: 'sessions.title', access: 'own' },
    { to: '/all/sessions', icon: 'i-lucide-messages-square', label: 'sessions.all', access: 'admin' },
  ],
};
