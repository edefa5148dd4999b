// Lists: paging, search and order, the same on every route.
import { Type } from 'typebox';

export const MAX_LIMIT = 200;
/** The largest id and offset we read: what a JavaScript number holds exactly. */
const MAX_SAFE = Number.MAX_SAFE_INTEGER;

export const Id = Type.Integer({ minimum: 1, maximum: MAX_SAFE });
export const IdParams = Type.Object({ id: Id });

export const pageFields = {
  limit: Type.Integer({ minimum: 1, maximum: MAX_LIMIT, default: 20 }),
  offset: Type.Integer({ minimum: 0, maximum: 2_147_483_647, default: 0 }),
};

export const searchFields = { q: Type.Optional(Type.String({ maxLength: 255 })) };

/** An enumerated sort: `<column>-0` ascending, `<column>-1` descending. */
export function orderBy<const C extends string>(columns: readonly C[]) {
  const values = columns.flatMap((column) => [`${column}-0`, `${column}-1`] as const);
  return Type.Optional(Type.Enum(values as [`${C}-0`, ...(`${C}-0` | `${C}-1`)[]]));
}

export interface Page {
  limit: number;
  offset: number;
}

export interface Sort<C extends string> {
  column: C;
  descending: boolean;
}

/** `name-1` -> column `name`, descending; nothing -> newest first. */
export function parseSort<C extends string>(value: string | undefined, fallback: C): Sort<C> {
  if (value === undefined) return { column: fallback, descending: true };
  const cut = value.lastIndexOf('-');
  // The schema has let through only `<column>-0|1`.
  return { column: value.slice(0, cut) as C, descending: value.endsWith('-1') };
}

export interface Listing<T> {
  items: T[];
  total: number;
}

export function page<T>(listing: Listing<T>, { limit, offset }: Page) {
  return { items: listing.items, total: String(listing.total), limit, offset };
}

/** Text for an SQL LIKE that finds `text` literally, anywhere. */
export function likePattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, (char) => `\\${char}`)}%`;
}
