// What the console knows about budgets.
import { useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, type MaybeRefOrGetter, reactive, toValue } from 'vue';
import { type BudgetOwner, useApi } from '../../api/index.ts';
import { queryKeys } from '../../api/query-keys.ts';

/** An owner has at most one per window. */
export function useBudgets(owner: MaybeRefOrGetter<BudgetOwner>) {
  const api = useApi();
  return reactive(
    useQuery({
      queryKey: computed(() => queryKeys.budgetList(toValue(owner))),
      queryFn: ({ signal }) => api.budgets.list(toValue(owner), signal),
    }),
  );
}

export function useBudgetsChanged() {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: queryKeys.budgets });
}
