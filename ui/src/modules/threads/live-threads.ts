// Lets finished exchanges appear in whatever is open, without a reload and without a storm of requests.
import { type QueryClient, useQueryClient } from '@tanstack/vue-query';
import { useThrottleFn } from '@vueuse/core';
import { type InjectionKey, inject, onScopeDispose, provide, type Ref, ref, shallowReactive } from 'vue';
import type { ThreadRow } from '../../../../src/plugins/threads/schemas.ts';
import type { Scope, ThreadListParams } from '../../api/index.ts';
import type { Listing } from '../../api/listing.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { type LiveState, useLiveFeed } from '../../composables/use-live-feed.ts';
import { useSession } from '../../composables/use-session.ts';
import { mergeThreads } from './merge-threads.ts';

/** Rows are put on screen together this often; a busy gateway must not redraw the page per exchange. */
const BATCH_MS = 200;
/** Numbers that only the gateway can add up are asked for at most this often. */
const REFRESH_MS = 2_000;
const FRESH_MS = 4_000;

interface Live {
  state: Readonly<Ref<LiveState>>;
  isFresh: (row: { id: number }) => boolean;
}

const liveKey: InjectionKey<Live> = Symbol('live');

/** Starts the feed for the signed-in holder; once, by the layout. */
export function provideLiveThreads(): Live {
  const queryClient = useQueryClient();
  const session = useSession();
  const fresh = shallowReactive(new Set<number>());
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let arrived: ThreadRow[] = [];

  const refreshLists = useThrottleFn(() => refresh(queryClient, [queryKeys.threadLists]), REFRESH_MS, true);
  const refreshSums = useThrottleFn(() => refresh(queryClient, SUMS), REFRESH_MS, true);

  function flush() {
    const rows = arrived;
    arrived = [];
    const ownKey = session.identity.value?.id ?? undefined;
    if (!mergeIntoLists(queryClient, rows, ownKey)) void refreshLists();
    void refreshSums();
    for (const row of rows) fresh.add(row.id);
    later(FRESH_MS, () => {
      for (const row of rows) fresh.delete(row.id);
    });
  }

  function later(ms: number, act: () => void) {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, ms);
    timers.add(timer);
  }

  const { state } = useLiveFeed({
    url: session.isAdmin.value ? '/admin/events' : '/user/events',
    onThread: (row) => {
      if (arrived.push(row) === 1) later(BATCH_MS, flush);
    },
    onResumed: () => refresh(queryClient, [queryKeys.threadLists, ...SUMS]),
    onRefused: () => void session.check(),
  });
  onScopeDispose(() => {
    for (const timer of timers) clearTimeout(timer);
  });

  const live = { state, isFresh: (row: { id: number }) => fresh.has(row.id) };
  provide(liveKey, live);
  return live;
}

export function useLive(): Live {
  return inject(liveKey, () => ({ state: ref<LiveState>('connecting'), isFresh: () => false }), true);
}

const SUMS = [queryKeys.keys, queryKeys.sessions, queryKeys.statistics];

function refresh(queryClient: QueryClient, keys: readonly (readonly string[])[]) {
  for (const queryKey of keys) void queryClient.invalidateQueries({ queryKey: [...queryKey] });
}

/** @returns false if some list must be asked for again instead. */
function mergeIntoLists(
  queryClient: QueryClient,
  rows: readonly ThreadRow[],
  ownKey: number | undefined,
): boolean {
  let isComplete = true;
  for (const query of queryClient.getQueryCache().findAll({ queryKey: queryKeys.threadLists })) {
    // Made by queryKeys.threadList, the only maker of keys that begin so.
    const [, , scope, params] = query.queryKey as readonly [string, string, Scope, ThreadListParams];
    const list = queryClient.getQueryData<Listing<ThreadRow>>(query.queryKey);
    // An answer under way may have been made before these rows and would hide them again.
    if (!list || query.state.fetchStatus === 'fetching') {
      isComplete = false;
      continue;
    }
    const merged = mergeThreads(list, rows, { params, keyId: scope === 'own' ? ownKey : params.key_id });
    if (!merged) isComplete = false;
    else if (merged !== list) queryClient.setQueryData(query.queryKey, merged);
  }
  return isComplete;
}
