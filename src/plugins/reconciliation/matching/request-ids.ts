// Whether AWS's request ids may tie a record to an exchange. Pure.

export interface ComparedIds {
  /** Records that name their exchange and whose exchange knows the id that AWS answered with. */
  compared: number;
  agree: number;
}

/**
 * AWS calls the id unique, and nowhere says that it is the one it answered with: the data decides, and one in a
 * thousand that disagrees is too many.
 */
export function requestIdsAgree({ compared, agree }: ComparedIds): boolean {
  return agree * 1_000 >= compared * 999;
}
