// The gateway's live feed: one EventSource per tab, closed while the tab is hidden (a browser allows six connections
// per host over HTTP/1.1), reopened with growing pauses when it breaks.
import { useDocumentVisibility, useEventListener } from '@vueuse/core';
import { onScopeDispose, ref, watch } from 'vue';
import type { ThreadRow } from '../../../src/plugins/threads/schemas.ts';

export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'paused';

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

interface LiveFeedOptions {
  url: string;
  onThread: (row: ThreadRow) => void;
  /** The connection stands again after a gap, so events may have been missed. */
  onResumed: () => void;
  /** The gateway refused the connection; the sign-in may have expired. */
  onRefused: () => void;
}

export function useLiveFeed({ url, onThread, onResumed, onRefused }: LiveFeedOptions) {
  const state = ref<LiveState>('connecting');
  const visibility = useDocumentVisibility();
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempts = 0;
  let hadGap = false;

  function open() {
    close();
    const opened = new EventSource(url);
    source = opened;
    opened.addEventListener('open', () => {
      attempts = 0;
      state.value = 'live';
      if (hadGap) onResumed();
      hadGap = false;
    });
    opened.addEventListener('thread', (event) => {
      const row = readThreadRow(event.data);
      if (row) onThread(row);
    });
    opened.addEventListener('error', () => {
      hadGap = true;
      state.value = 'reconnecting';
      // While CONNECTING the browser retries by itself; CLOSED means that the answer was not an event stream.
      if (opened.readyState !== EventSource.CLOSED) return;
      onRefused();
      retryLater();
    });
  }

  function close() {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  }

  function retryLater() {
    close();
    timer = setTimeout(open, Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempts));
    attempts += 1;
  }

  watch(visibility, (now) => {
    if (now === 'visible' && !source) open();
    if (now !== 'hidden') return;
    close();
    hadGap = true;
    state.value = 'paused';
  });
  // A page that a browser keeps for the back button must not hold its connection.
  useEventListener(window, 'pagehide', close);
  onScopeDispose(close);
  open();
  return { state };
}

/** A row as sent; null if it is not one (a proxy may cut a line). */
function readThreadRow(data: unknown): ThreadRow | null {
  try {
    const value: unknown = JSON.parse(String(data));
    const isRow =
      typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'number';
    return isRow ? (value as ThreadRow) : null; // trusted beyond its id: our own gateway's schema
  } catch {
    return null;
  }
}
