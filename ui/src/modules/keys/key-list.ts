// How the list of keys may be filtered and sorted; what an address asks for is checked against it.
import type { KeyListQuery, Role } from '../../../../src/plugins/keys/schemas.ts';

export type KeySort = NonNullable<KeyListQuery['orderBy']>;

/** The orders offered on a phone, where the table has no heads to press. */
export const KEY_SORTS = [
  'id-1',
  'name-0',
  'month-1',
  'balance-0',
  'total-1',
  'update-1',
] as const satisfies readonly KeySort[];

export function readKeySort(text: string | undefined): KeySort | undefined {
  const match = /^(id|name|month|total|quota|balance|update)-([01])$/.exec(text ?? '');
  return match ? (match[0] as KeySort) : undefined; // the pattern lists exactly the schema's values
}

/** A group's number; 0: keys without a group. */
export function readGroup(text: string | undefined): number | undefined {
  return /^\d{1,9}$/.test(text ?? '') ? Number(text) : undefined;
}

export function readRole(text: string | undefined): Role | undefined {
  return text === 'user' || text === 'admin' ? text : undefined;
}
