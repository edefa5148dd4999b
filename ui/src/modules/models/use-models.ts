// What the console knows about models.
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, type MaybeRefOrGetter, reactive, toValue } from 'vue';
import { type ModelListParams, useApi } from '../../api/index.ts';
import { queryKeys } from '../../api/query-keys.ts';

/** The gateway gives no more at once; a catalogue has about as many. */
const NAMED_MODELS = 200;

export function useModelList(params: MaybeRefOrGetter<ModelListParams>) {
  const api = useApi();
  return reactive(
    useQuery({
      queryKey: computed(() => queryKeys.modelList(toValue(params))),
      queryFn: ({ signal }) => api.models.list(toValue(params), signal),
      placeholderData: keepPreviousData,
    }),
  );
}

/** Models to choose from, by name. */
export function useModelNames() {
  const api = useApi();
  return useQuery({
    queryKey: queryKeys.modelNames,
    queryFn: ({ signal }) => api.models.list({ limit: NAMED_MODELS, offset: 0, orderBy: 'name-0' }, signal),
    staleTime: 60_000,
  });
}

export function useModelsChanged() {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: queryKeys.models });
}
