// What AppTable and AppList need to know about a list.
import type { Listing } from '../api/listing.ts';

export interface Column {
  key: string;
  label: string;
  align?: 'end';
  /** The column's name in `orderBy`; absent: not sortable. */
  sort?: string;
  /** Takes the room that the others leave, and cuts its text there. */
  isFluid?: boolean;
  /** On a phone's card: its head, a whole line, the upper right corner, or left out. Otherwise half a line. */
  phone?: 'head' | 'line' | 'corner' | 'hide';
  /** Set back to save room: shown from this width on. */
  from?: 'lg';
}

/** The part of a vue-query result that a list shows (made `reactive`, so without refs). */
export interface ListQuery<Row> {
  data: Listing<Row> | undefined;
  error: Error | null;
  isPending: boolean;
  isFetching: boolean;
  /** The rows are still those of the page before. */
  isPlaceholderData: boolean;
  refetch: () => unknown;
}

export interface EmptyText {
  icon: string;
  title: string;
  text: string;
}

/** The next `orderBy` when a column's head is pressed: ascending, descending, the list's own order. */
export function nextSort(current: string | undefined, column: string): string | undefined {
  if (current === `${column}-0`) return undefined;
  return current === `${column}-1` ? `${column}-0` : `${column}-1`;
}

export function ariaSort(current: string | undefined, column: string | undefined) {
  if (column === undefined) return undefined;
  if (current === `${column}-0`) return 'ascending';
  return current === `${column}-1` ? 'descending' : 'none';
}
