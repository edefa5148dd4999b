// What the console knows about groups.
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, type MaybeRefOrGetter, reactive, toValue } from 'vue';
import { type GroupListParams, useApi } from '../../api/index.ts';
import { queryKeys } from '../../api/query-keys.ts';

export function useGroupList(params: MaybeRefOrGetter<GroupListParams>) {
  const api = useApi();
  return reactive(
    useQuery({
      queryKey: computed(() => queryKeys.groupList(toValue(params))),
      queryFn: ({ signal }) => api.groups.list(toValue(params), signal),
      placeholderData: keepPreviousData,
    }),
  );
}

/** Asks again for everything that a change to a group shows in. */
export function useGroupsChanged() {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: queryKeys.groups });
}
