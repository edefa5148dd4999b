// The catalogue of models, for administrators.
import type { ConsoleModule } from '../module.ts';

export const modelsModule: ConsoleModule = {
  routes: [
    {
      path: '/models',
      component: () => import('./ModelsPage.vue'),
      meta: { access: 'admin', title: 'models.title' },
    },
  ],
  navigation: [{ to: '/models', icon: 'i-lucide-boxes', label: 'models.title', access: 'admin' }],
};
