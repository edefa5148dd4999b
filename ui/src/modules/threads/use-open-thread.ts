// Which exchange is open beside the page, kept in the address (`?open=`).
import { computed } from 'vue';
import { type RouteLocationRaw, useRoute, useRouter } from 'vue-router';

export function useOpenThread() {
  const route = useRoute();
  const router = useRouter();
  return {
    openId: computed(() => {
      const id = Number(route.query.open);
      return Number.isSafeInteger(id) && id > 0 ? id : undefined;
    }),
    linkTo: (id: number): RouteLocationRaw => ({ query: { ...route.query, open: String(id) } }),
    close: () => router.replace({ query: { ...route.query, open: undefined } }),
  };
}
