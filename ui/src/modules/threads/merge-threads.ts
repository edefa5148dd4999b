// Puts exchanges that have just ended into a list that is already on screen, as the gateway would have listed them.
import type { ThreadRow } from '../../../../src/plugins/threads/schemas.ts';
import type { ThreadListParams } from '../../api/index.ts';
import { type Listing, totalOf } from '../../api/listing.ts';

/**
 * The list with the new rows on top, newest first.
 * @param keyId the list shows only this key's rows; undefined: everybody's.
 * @returns the same object if nothing changes; null if only the gateway can tell (search, conversation, later page).
 */
export function mergeThreads(
  list: Listing<ThreadRow>,
  arrived: readonly ThreadRow[],
  { params, keyId }: { params: ThreadListParams; keyId: number | undefined },
): Listing<ThreadRow> | null {
  const known = new Set(list.items.map((row) => row.id));
  const fresh = new Map<number, ThreadRow>();
  for (const row of arrived) {
    const isListed = (keyId === undefined || row.key_id === keyId) && belongs(row, params);
    if (isListed && !known.has(row.id)) fresh.set(row.id, row);
  }
  if (fresh.size === 0) return list;
  if (params.q || params.offset > 0 || params.session_id !== undefined) return null;
  const items = [...fresh.values(), ...list.items].sort((a, b) => b.id - a.id).slice(0, params.limit);
  return { ...list, items, total: String(totalOf(list) + fresh.size) };
}

function belongs(row: ThreadRow, params: ThreadListParams): boolean {
  return params.session_id === undefined || row.session_id === params.session_id;
}
