// How the price book may be filtered and sorted; what an address asks for is checked against it.
import type { PriceListQuery, PriceListRow, PriceState } from '../../../../src/plugins/prices/schemas.ts';

export type PriceSort = NonNullable<PriceListQuery['orderBy']>;

export const PRICE_STATES = ['in_force', 'future', 'past'] as const satisfies readonly PriceState[];

export function readPriceSort(text: string | undefined): PriceSort | undefined {
  const match = /^(base|valid_from)-([01])$/.exec(text ?? '');
  return match ? (match[0] as PriceSort) : undefined; // the pattern lists exactly the schema's values
}

export function readPriceState(text: string | undefined): PriceState | undefined {
  return PRICE_STATES.find((state) => state === text);
}

/** A price list with a number of its own on this page, which is what a table tells rows apart by. */
export interface NumberedList extends PriceListRow {
  id: number;
}

export const STATE_COLORS = { in_force: 'success', future: 'info', past: 'neutral' } as const;
