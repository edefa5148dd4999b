// What the console knows about keys.
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, type MaybeRefOrGetter, reactive, toValue } from 'vue';
import { type KeyListParams, useApi } from '../../api/index.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { excerpt } from '../../format/text.ts';

/** Names are fetched for this many keys, the last changed first; the others show as a number. */
const NAMED_KEYS = 200;
/** As many as a menu can offer; the gateway gives no more at once. */
const NAMED_GROUPS = 200;
const NAME_LENGTH = 32;

export function useMyKey() {
  const api = useApi();
  return reactive(useQuery({ queryKey: queryKeys.myKey, queryFn: ({ signal }) => api.keys.mine(signal) }));
}

export function useKeyList(params: MaybeRefOrGetter<KeyListParams>) {
  const api = useApi();
  return reactive(
    useQuery({
      queryKey: computed(() => queryKeys.keyList(toValue(params))),
      queryFn: ({ signal }) => api.keys.list(toValue(params), signal),
      placeholderData: keepPreviousData,
    }),
  );
}

export function useKey(id: MaybeRefOrGetter<number>) {
  const api = useApi();
  return reactive(
    useQuery({
      queryKey: computed(() => queryKeys.key(toValue(id))),
      queryFn: ({ signal }) => api.keys.detail(toValue(id), signal),
    }),
  );
}

/** Rows name their key by number; this finds the name a person knows it by. */
export function useKeyNames(isWanted: MaybeRefOrGetter<boolean>) {
  const api = useApi();
  const { data } = useQuery({
    queryKey: queryKeys.keyNames,
    queryFn: ({ signal }) => api.keys.list({ limit: NAMED_KEYS, offset: 0, orderBy: 'update-1' }, signal),
    staleTime: 60_000,
    enabled: computed(() => toValue(isWanted)),
  });
  const names = computed(() => new Map(data.value?.items.map((key) => [key.id, key.name])));
  return (id: number) => excerpt(names.value.get(id), NAME_LENGTH) || `#${id}`;
}

export function useGroups() {
  const api = useApi();
  return useQuery({
    queryKey: queryKeys.groupNames,
    queryFn: ({ signal }) => api.groups.list({ limit: NAMED_GROUPS, offset: 0 }, signal),
    staleTime: 60_000,
  });
}

/** Asks again for everything that a change to a key shows in. */
export function useKeysChanged() {
  const queryClient = useQueryClient();
  return async () => {
    const roots = [queryKeys.keys, queryKeys.groups, queryKeys.payments, queryKeys.statistics];
    await Promise.all(roots.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
  };
}
