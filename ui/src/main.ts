// Puts the console together: language, calls, session, routes. Everything shared is made here and provided.
import './main.css';
import { _api } from '@iconify/vue';
import nuxtUi from '@nuxt/ui/vue-plugin';
import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query';
import { createApp, watch } from 'vue';
import App from './App.vue';
import { ApiError, createClient } from './api/client.ts';
import { apiKey, createApi } from './api/index.ts';
import { sendFile } from './api/send-file.ts';
import { createI18n, i18nKey } from './composables/use-i18n.ts';
import { navigationKey } from './composables/use-navigation.ts';
import { createSession, sessionKey } from './composables/use-session.ts';
import { modules } from './modules/index.ts';
import { createConsoleRouter } from './router.ts';

const MAX_RETRIES = 1;

// Every icon is in the bundle; should one be missing it stays blank rather than being asked for from elsewhere.
_api.setFetch(() => Promise.reject(new Error('icons are bundled')));

const client = createClient({
  fetch: (...input) => window.fetch(...input),
  sendFile,
  onUnauthorized: () => session.expire(),
});
const api = createApi(client);
const session = createSession(api);

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // A refusal will be the same again; only a gateway that is away is worth another try.
      retry: (failures, error) =>
        failures < MAX_RETRIES && error instanceof ApiError && (error.status === 0 || error.status >= 500),
    },
  },
});
// What one person has read is not shown to the next.
watch(session.identity, (now, before) => {
  if (before && now?.id !== before.id) queryClient.clear();
});

const i18n = await createI18n();
const router = createConsoleRouter(session);
watch([router.currentRoute, i18n.current], ([route]) => {
  const title = route.meta.title;
  document.title = title ? `${i18n.t(title)} · BRConnector` : 'BRConnector';
});

createApp(App)
  .use(router)
  .use(VueQueryPlugin, { queryClient })
  .use(nuxtUi)
  .provide(apiKey, api)
  .provide(sessionKey, session)
  .provide(i18nKey, i18n)
  .provide(
    navigationKey,
    modules.flatMap((module) => module.navigation),
  )
  .mount('#app');
