// The models and the price book in memory: every lookup of a request is answered from here. Pure.
import type { Price, PriceBand } from '../billing/index.ts';
import type { ModelCapabilities, ModelRow, PriceRow } from './repository.ts';

export interface Model {
  /** What clients ask for. */
  name: string;
  /** What we call upstream. */
  target: string;
  baseId: string;
  /** Which row of the price book: `in-region`, `global`, or the geographic prefix. */
  priceScope: string;
  /** Null: the gateway's own region. */
  region: string | null;
  displayName: string;
  vendor: string;
  contextTokens: number;
  maxOutputTokens: number;
  capabilities: ModelCapabilities;
  isRetired: boolean;
  isFree: boolean;
  createdAt: Date;
}

export interface Catalogue {
  /** In the order they were made. */
  readonly models: readonly Model[];
  /** A model called `default`, if there is one, answers any unknown name. */
  find(name: string): Model | undefined;
  /** The price in force at `at`; undefined if nobody has set one and the model is not marked free. */
  priceOf(model: Model, at: Date): Price | undefined;
}

const FALLBACK = 'default';
const TIER = 'standard';
const FREE: Price = [
  { overInputTokens: 0, input: 0n, output: 0n, cacheRead: 0n, cacheWrite5m: 0n, cacheWrite1h: 0n },
];

export function createCatalogue(rows: {
  models: readonly ModelRow[];
  prices: readonly PriceRow[];
}): Catalogue {
  const models = rows.models.map(({ id: _id, updatedAt: _updatedAt, ...model }): Model => model);
  const byName = new Map(models.map((model) => [model.name, model]));
  const lists = groupPrices(rows.prices);

  return {
    models,
    find: (name) => byName.get(name) ?? byName.get(FALLBACK),
    priceOf(model, at) {
      const list = lists
        .get(`${model.baseId} ${model.priceScope}`)
        ?.find((candidate) => candidate.validFrom <= at);
      return list?.price ?? (model.isFree ? FREE : undefined);
    },
  };
}

interface PriceList {
  validFrom: Date;
  price: Price;
}

/** Per base model and scope, newest first. All bands of one list share its date. */
function groupPrices(rows: readonly PriceRow[]): Map<string, PriceList[]> {
  const lists = new Map<string, PriceList[]>();
  const ordered = rows
    .filter((row) => row.tier === TIER)
    .sort((a, b) => b.validFrom.getTime() - a.validFrom.getTime() || a.overInputTokens - b.overInputTokens);
  for (const row of ordered) {
    const name = `${row.baseId} ${row.scope}`;
    const dated = lists.get(name) ?? [];
    const latest = dated.at(-1);
    if (latest?.validFrom.getTime() === row.validFrom.getTime())
      latest.price = [...latest.price, toBand(row)];
    else dated.push({ validFrom: row.validFrom, price: [toBand(row)] });
    lists.set(name, dated);
  }
  return lists;
}

function toBand(row: PriceRow): PriceBand {
  return {
    overInputTokens: row.overInputTokens,
    input: row.input,
    output: row.output,
    cacheRead: row.cacheRead,
    cacheWrite5m: row.cacheWrite5m,
    cacheWrite1h: row.cacheWrite1h,
  };
}
