// What the console knows about channels.
import { useQueryClient } from '@tanstack/vue-query';
import { queryKeys } from '../../api/query-keys.ts';

/** Asks again for everything that a change to a channel shows in. */
export function useChannelsChanged() {
  const queryClient = useQueryClient();
  return async () => {
    await Promise.all(
      [queryKeys.channels, queryKeys.alerts].map((queryKey) => queryClient.invalidateQueries({ queryKey })),
    );
  };
}
