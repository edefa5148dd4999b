// The shape of every list.

export interface Listing<Row> {
  items: Row[];
  /** Count of all matching rows, as text. */
  total: string;
  limit: number;
  offset: number;
}

export interface Page {
  limit: number;
  offset: number;
}

/** The count of a list as a number; 0 if unreadable. */
export function totalOf(listing: Listing<unknown> | undefined): number {
  const total = Number(listing?.total ?? 0);
  return Number.isSafeInteger(total) && total > 0 ? total : 0;
}
