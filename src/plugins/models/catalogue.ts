// The models in memory: every lookup of a request is answered from here. Pure.
import type { CredentialSource } from '../../canonical/admission.ts';
import type { ModelCapabilities } from '../../canonical/capabilities.ts';
import type { RequestSettings } from '../../canonical/request-settings.ts';
import type { Price } from '../billing/index.ts';
import type { PricePlace } from '../prices/index.ts';
import type { FurtherTarget, ModelKind, ModelRow, Spread } from './repository.ts';

export interface Model {
  /** What clients ask for. */
  name: string;
  kind: ModelKind;
  /** What we call upstream. */
  target: string;
  baseId: string;
  /** Which row of the price book: `in-region`, `global`, or the geographic prefix. */
  priceScope: string;
  /** Null: the gateway's own region. */
  region: string | null;
  /** Of the first target; null: the gateway's own. */
  credentials: CredentialSource | null;
  weight: number;
  spread: Spread;
  furtherTargets: readonly FurtherTarget[];
  displayName: string;
  vendor: string;
  contextTokens: number;
  maxOutputTokens: number;
  capabilities: ModelCapabilities;
  /** What a request for it gets where neither it nor its key says otherwise. */
  defaults: RequestSettings;
  isRetired: boolean;
  isFree: boolean;
  createdAt: Date;
}

export interface Catalogue {
  /** In the order they were made. */
  readonly models: readonly Model[];
  /** A model called `default`, if there is one, answers any unknown name. */
  find(name: string): Model | undefined;
}

const FALLBACK = 'default';
const STANDARD_TIER = 'standard';
const FREE: Price = [
  {
    overInputTokens: 0,
    input: 0n,
    output: 0n,
    cacheRead: 0n,
    cacheWrite5m: 0n,
    cacheWrite1h: 0n,
    image: 0n,
    embedding: 0n,
  },
];

export function createCatalogue(rows: readonly ModelRow[]): Catalogue {
  const models = rows.map(({ id: _id, updatedAt: _updatedAt, ...model }): Model => model);
  const byName = new Map(models.map((model) => [model.name, model]));
  return { models, find: (name) => byName.get(name) ?? byName.get(FALLBACK) };
}

export type FindPrice = (place: PricePlace, at: Date) => Price | undefined;

/**
 * What a model costs in a service tier. A model without a price is free only if an administrator marked it so; one
 * with a price costs it even then. A list that says nothing of pictures is no price of a model that makes some. A tier without a price of its own has none: it never borrows the standard one.
 */
export function priceOf(
  { kind, baseId, priceScope: scope, isFree }: Pick<Model, 'kind' | 'baseId' | 'priceScope' | 'isFree'>,
  { at, tier = STANDARD_TIER }: { at: Date; tier?: string | undefined },
  find: FindPrice,
): Price | undefined {
  const price = find({ baseId, scope, tier }, at);
  const isMissing = price === undefined || (kind === 'image' && price.some(({ image }) => image === null));
  return isMissing ? (isFree ? FREE : undefined) : price;
}
