// Signing in.
import type { ConsoleModule } from '../module.ts';

export const authModule: ConsoleModule = {
  routes: [
    {
      path: '/sign-in',
      name: 'sign-in',
      component: () => import('./SignInPage.vue'),
      meta: { access: 'public', title: 'auth.title' },
    },
  ],
  navigation: [],
};
