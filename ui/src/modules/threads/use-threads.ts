// What the console knows about exchanges.
import { keepPreviousData, useQueries, useQuery } from '@tanstack/vue-query';
import { computed, type MaybeRefOrGetter, reactive, toValue } from 'vue';
import type { ThreadDetail } from '../../../../src/plugins/threads/schemas.ts';
import { type Scope, type ThreadListParams, useApi } from '../../api/index.ts';
import { queryKeys } from '../../api/query-keys.ts';

interface Listed {
  scope: Scope;
  params: ThreadListParams;
}

export function useThreadList(wanted: MaybeRefOrGetter<Listed>) {
  const api = useApi();
  return reactive(
    useQuery({
      queryKey: computed(() => queryKeys.threadList(toValue(wanted).scope, toValue(wanted).params)),
      queryFn: ({ signal }) => api.threads.list(toValue(wanted).scope, toValue(wanted).params, signal),
      placeholderData: keepPreviousData,
    }),
  );
}

/** One exchange whole. It is over and settled, so it never changes. */
export function useThread(scope: MaybeRefOrGetter<Scope>, id: MaybeRefOrGetter<number | undefined>) {
  const api = useApi();
  return reactive(
    useQuery({
      queryKey: computed(() => queryKeys.thread(toValue(scope), toValue(id) ?? 0)),
      queryFn: ({ signal }) => api.threads.detail(toValue(scope), toValue(id) ?? 0, signal),
      staleTime: Number.POSITIVE_INFINITY,
      enabled: computed(() => toValue(id) !== undefined),
    }),
  );
}

/** Its bill. Corrections may come later, so it is asked for each time. */
export function useReceipt(scope: MaybeRefOrGetter<Scope>, id: MaybeRefOrGetter<number>) {
  const api = useApi();
  return reactive(
    useQuery({
      queryKey: computed(() => queryKeys.receipt(toValue(scope), toValue(id))),
      queryFn: ({ signal }) => api.threads.receipt(toValue(scope), toValue(id), signal),
    }),
  );
}

interface Wanted {
  scope: Scope;
  ids: readonly number[];
}

/** Several exchanges whole, by id, as far as they have come. */
export function useThreadDetails(wanted: MaybeRefOrGetter<Wanted>) {
  const api = useApi();
  const results = useQueries({
    queries: computed(() => {
      const { scope, ids } = toValue(wanted);
      return ids.map((id) => ({
        queryKey: queryKeys.thread(scope, id),
        queryFn: ({ signal }: { signal: AbortSignal }) => api.threads.detail(scope, id, signal),
        staleTime: Number.POSITIVE_INFINITY,
      }));
    }),
  });
  return computed(() => {
    const byId = new Map<number, ThreadDetail>();
    for (const { data } of results.value) if (data) byId.set(data.id, data);
    return byId;
  });
}
