// A list's search, order and page, kept in the address: reload, back and a shared link show the same rows.
import { computed } from 'vue';
import { type LocationQueryValue, useRoute, useRouter } from 'vue-router';

export const PAGE_SIZE = 20;
/** The gateway refuses more. */
const MAX_SEARCH_LENGTH = 255;

type Changes = Record<string, string | undefined>;

export function useListState() {
  const route = useRoute();
  const router = useRouter();

  const text = (name: string) => single(route.query[name]);
  const page = computed(() => readPage(text('page')));

  /** Changes the address; whatever changes what is listed also returns to the first page. */
  function set(changes: Changes, { keepPage = false } = {}) {
    const query: Record<string, string> = {};
    for (const [name, value] of Object.entries(route.query)) query[name] = single(value) ?? '';
    for (const [name, value] of Object.entries({ ...(keepPage ? {} : { page: undefined }), ...changes })) {
      if (value === undefined || value === '') delete query[name];
      else query[name] = value;
    }
    return router.replace({ query });
  }

  return {
    text,
    set,
    page,
    range: computed(() => ({ limit: PAGE_SIZE, offset: (page.value - 1) * PAGE_SIZE })),
    goTo: (wanted: number) => set({ page: wanted > 1 ? String(wanted) : undefined }, { keepPage: true }),
    q: computed({
      get: () => text('q') ?? '',
      set: (wanted: string) => void set({ q: wanted.trim().slice(0, MAX_SEARCH_LENGTH) }),
    }),
    sort: computed({
      get: () => text('sort'),
      set: (wanted: string | undefined) => void set({ sort: wanted }),
    }),
  };
}

export type ListState = ReturnType<typeof useListState>;

function single(value: LocationQueryValue | LocationQueryValue[] | undefined): string | undefined {
  return (Array.isArray(value) ? value[0] : value) ?? undefined;
}

/** A page number from the address: whole and at least 1, whatever was typed there. */
function readPage(text: string | undefined): number {
  const page = Number(text ?? 1);
  return Number.isSafeInteger(page) && page >= 1 && page < 100_000 ? page : 1;
}
