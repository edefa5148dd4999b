// The price book in memory: which prices are in force for a base model, scope and tier at a moment. Pure.
import type { Price, PriceBand } from '../billing/index.ts';

/** Where prices stand in the book. */
export interface PricePlace {
  baseId: string;
  /** `in-region`, `global`, or the geographic prefix (`us`, `eu`, ...). */
  scope: string;
  /** `standard`, or the upstream's name of another service tier. */
  tier: string;
}

/** All bands of one place from a moment on; never empty, lowest first. */
export interface PriceList extends PricePlace {
  validFrom: Date;
  bands: PriceBand[];
  source: string;
  /** `bootstrap`, `key:<id>`, or `seed` for what a new gateway starts with. */
  actor: string;
  createdAt: Date;
}

/** A row of the table: one band of one list. */
export interface PriceRow extends PricePlace, PriceBand, Omit<PriceList, 'bands'> {}

export type ListState = 'in_force' | 'future' | 'past';

export interface PriceBook {
  /** The prices in force at `at`; undefined if nobody has set any. */
  find(place: PricePlace, at: Date): Price | undefined;
}

export const STANDARD_TIER = 'standard';

/** As a key of a map; the parts have no spaces. */
export function placeName({ baseId, scope, tier }: PricePlace): string {
  return `${baseId} ${scope} ${tier}`;
}

/** Rows gathered into lists, places in order of their names, the newest list of a place first. */
export function groupIntoLists(rows: readonly PriceRow[]): PriceList[] {
  const lists = new Map<string, PriceList>();
  for (const row of rows) {
    const { baseId, scope, tier, validFrom, source, actor, createdAt, ...band } = row;
    const name = `${placeName(row)} ${validFrom.getTime()}`;
    const list = lists.get(name) ?? {
      baseId,
      scope,
      tier,
      validFrom,
      bands: [],
      source,
      actor,
      createdAt,
    };
    list.bands.push(band);
    lists.set(name, list);
  }
  for (const list of lists.values()) list.bands.sort((a, b) => a.overInputTokens - b.overInputTokens);
  return [...lists.values()].sort(byPlaceThenNewest);
}

/** By code units, not by a locale: an export must read the same on every machine. */
export function byPlaceThenNewest(a: PriceList, b: PriceList): number {
  const [left, right] = [placeName(a), placeName(b)];
  if (left !== right) return left < right ? -1 : 1;
  return b.validFrom.getTime() - a.validFrom.getTime();
}

export function createPriceBook(lists: readonly PriceList[]): PriceBook {
  const places = new Map<string, { validFrom: Date; price: Price }[]>();
  for (const list of [...lists].sort(byPlaceThenNewest)) {
    const [first, ...rest] = list.bands;
    if (first === undefined) continue;
    const dated = places.get(placeName(list)) ?? [];
    dated.push({ validFrom: list.validFrom, price: [first, ...rest] });
    places.set(placeName(list), dated);
  }
  return {
    find: (place, at) => places.get(placeName(place))?.find(({ validFrom }) => validFrom <= at)?.price,
  };
}

/** The state at `at` of lists that include all of their places. */
export function statesAt(lists: readonly PriceList[], at: Date): Map<PriceList, ListState> {
  const states = new Map<PriceList, ListState>();
  const isServed = new Set<string>();
  for (const list of [...lists].sort(byPlaceThenNewest)) {
    const name = placeName(list);
    if (list.validFrom > at) states.set(list, 'future');
    else if (isServed.has(name)) states.set(list, 'past');
    else {
      isServed.add(name);
      states.set(list, 'in_force');
    }
  }
  return states;
}
