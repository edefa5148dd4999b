// What the console knows about prices.
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, type MaybeRefOrGetter, reactive, toValue } from 'vue';
import { type PriceListParams, useApi } from '../../api/index.ts';
import type { Page } from '../../api/listing.ts';
import { queryKeys } from '../../api/query-keys.ts';

export function usePriceList(params: MaybeRefOrGetter<PriceListParams>) {
  const api = useApi();
  return reactive(
    useQuery({
      queryKey: computed(() => queryKeys.priceList(toValue(params))),
      queryFn: async ({ signal }) => {
        const { items, ...listing } = await api.prices.list(toValue(params), signal);
        return { ...listing, items: items.map((list, index) => ({ ...list, id: listing.offset + index })) };
      },
      placeholderData: keepPreviousData,
    }),
  );
}

export function useRepriceRuns(page: MaybeRefOrGetter<Page>) {
  const api = useApi();
  return reactive(
    useQuery({
      queryKey: computed(() => queryKeys.repriceRuns(toValue(page))),
      queryFn: ({ signal }) => api.prices.repriceRuns(toValue(page), signal),
      placeholderData: keepPreviousData,
    }),
  );
}

/** Asks again for everything that shows prices. */
export function usePricesChanged() {
  const queryClient = useQueryClient();
  return async () => {
    const roots = [queryKeys.prices, queryKeys.models];
    await Promise.all(roots.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
  };
}
