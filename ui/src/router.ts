// Which page an address shows, and who may see it.
import { watch } from 'vue';
import { createRouter, createWebHistory, type Router, type RouterHistory } from 'vue-router';
import type { Session } from './composables/use-session.ts';
import { modules } from './modules/index.ts';

const NotFoundPage = () => import('./layouts/NotFoundPage.vue');

export function createConsoleRouter(session: Session, history: RouterHistory = createWebHistory()): Router {
  const router = createRouter({
    history,
    routes: [
      ...modules.flatMap((module) => module.routes),
      {
        path: '/:anything(.*)*',
        name: 'not-found',
        component: NotFoundPage,
        meta: { title: 'notFound.title' },
      },
    ],
    scrollBehavior(to, from, saved) {
      if (saved) return saved;
      if (to.hash) return { el: to.hash };
      return to.path === from.path ? false : { top: 0 };
    },
  });

  router.beforeEach(async (to) => {
    if (session.standing.value === 'unknown') await session.check();
    const access = to.meta.access;
    if (access === 'public') return true;
    if (!session.identity.value)
      return { name: 'sign-in', query: to.fullPath === '/' ? {} : { to: to.fullPath } };
    if (access === 'own' && !session.isHolder.value) return to.path === '/' ? '/overview' : notFound(to.path);
    if (access === 'admin' && !session.isAdmin.value) return notFound(to.path);
    return true;
  });

  // A person who has moved to another page starts reading at its head, not at the link they pressed.
  router.afterEach((to, from) => {
    if (from.matched.length > 0 && to.path !== from.path) {
      document.getElementById('main')?.focus({ preventScroll: true });
    }
  });

  // The gateway was upgraded while this page was open: its old pages are gone, the new ones are a reload away.
  router.onError(async (error, to, from) => {
    const isFirst = from.matched.length === 0;
    if (!isFirst && isMissingPage(error) && (await isGatewayThere())) window.location.assign(to.fullPath);
  });

  // Signed out here, in another tab, or by time: wherever that shows first.
  watch(session.identity, (now, before) => {
    const route = router.currentRoute.value;
    if (now || !before || route.meta.access === 'public') return;
    void router.replace({ name: 'sign-in', query: { to: route.fullPath } });
  });
  return router;
}

/** How the browsers word a page's code that could not be fetched. */
function isMissingPage(error: unknown): boolean {
  return (
    error instanceof Error && /dynamically imported module|importing a module script/i.test(error.message)
  );
}

async function isGatewayThere(): Promise<boolean> {
  return fetch('/healthz').then(
    (response) => response.ok,
    () => false,
  );
}

/** The address stays, the page says that there is nothing: what one may not see looks like what is not there. */
function notFound(path: string) {
  return { name: 'not-found', params: { anything: path.slice(1).split('/') } };
}
