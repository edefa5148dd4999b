// The price book on the wire: lists of bands in USD per million tokens.
import { Type } from 'typebox';
import { MoneyInput, MoneyText, nullable, Time } from '../../lib/fields.ts';
import { orderBy, pageFields, searchFields } from '../../lib/page.ts';

/** A Bedrock model id without a geographic prefix. */
const BaseId = Type.String({ minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' });
const Scope = Type.String({
  pattern: '^[a-z][a-z0-9-]{0,31}$',
  description: '`in-region`, `global`, or a geographic prefix such as `us`',
});
const Tier = Type.String({ pattern: '^[a-z][a-z0-9_-]{0,31}$', description: 'default `standard`' });
const Source = Type.String({ maxLength: 255, description: 'where the prices come from' });
const Tokens = Type.Integer({ minimum: 0, maximum: 2_147_483_647 });

export const PriceState = Type.Enum(['in_force', 'future', 'past']);
export type PriceState = Type.Static<typeof PriceState>;

/** A band as it is read; which amounts are good is decided by `readLists`. */
export const BandInput = Type.Object(
  {
    over_input_tokens: Type.Optional(Tokens),
    input: MoneyInput,
    output: MoneyInput,
    cache_read: Type.Optional(nullable(MoneyInput)),
    cache_write_5m: Type.Optional(nullable(MoneyInput)),
    cache_write_1h: Type.Optional(nullable(MoneyInput)),
    image: Type.Optional(nullable(MoneyInput)),
    embedding: Type.Optional(nullable(MoneyInput)),
  },
  { additionalProperties: false },
);
export type BandInput = Type.Static<typeof BandInput>;

const MAX_BANDS = 16;
const Bands = Type.Array(BandInput, { minItems: 1, maxItems: MAX_BANDS });

export const SetPriceBody = Type.Object(
  {
    base_id: BaseId,
    scope: Scope,
    tier: Type.Optional(Tier),
    valid_from: Type.Optional(Time),
    source: Type.Optional(Source),
    bands: Bands,
  },
  { additionalProperties: false },
);
export type SetPriceBody = Type.Static<typeof SetPriceBody>;

export const DeletePriceBody = Type.Object(
  { base_id: BaseId, scope: Scope, tier: Type.Optional(Tier), valid_from: Time },
  { additionalProperties: false },
);
export type DeletePriceBody = Type.Static<typeof DeletePriceBody>;

export const PriceListQuery = Type.Object({
  ...pageFields,
  ...searchFields,
  base_id: Type.Optional(Type.String({ maxLength: 255 })),
  scope: Type.Optional(Type.String({ maxLength: 32 })),
  tier: Type.Optional(Type.String({ maxLength: 32 })),
  state: Type.Optional(PriceState),
  at: Type.Optional(Time),
  orderBy: orderBy(['base', 'valid_from']),
});
export type PriceListQuery = Type.Static<typeof PriceListQuery>;

const Amount = Type.String({ ...MoneyText, description: 'USD per million tokens' });
const AmountOrNone = nullable(Amount);

export const PriceBandRow = Type.Object({
  over_input_tokens: Type.Integer({ description: 'holds for the whole request once its input exceeds it' }),
  input: Amount,
  output: Amount,
  cache_read: AmountOrNone,
  cache_write_5m: AmountOrNone,
  cache_write_1h: AmountOrNone,
  image: nullable(Type.String({ ...MoneyText, description: 'USD per image' })),
  embedding: AmountOrNone,
});
export type PriceBandRow = Type.Static<typeof PriceBandRow>;

const place = { base_id: Type.String(), scope: Type.String(), tier: Type.String(), valid_from: Time };

export const PriceListRow = Type.Object({
  ...place,
  state: PriceState,
  bands: Type.Array(PriceBandRow),
  source: Type.String(),
  actor: Type.String({ description: '`seed`, `bootstrap` or `key:<id>`' }),
  created_at: Time,
});
export type PriceListRow = Type.Static<typeof PriceListRow>;

/** What `set` answers: the list, and what a date in the past does not do. */
export const SetPriceAnswer = Type.Object({ ...PriceListRow.properties, note: Type.String() });
export type SetPriceAnswer = Type.Static<typeof SetPriceAnswer>;

/** The whole book as a file: what import takes. */
export const PriceBookFile = Type.Object(
  {
    format: Type.Literal('brconnector-prices-1'),
    unit: Type.Literal('USD per million tokens'),
    lists: Type.Array(
      Type.Object(
        { base_id: BaseId, scope: Scope, tier: Tier, valid_from: Time, source: Source, bands: Bands },
        { additionalProperties: false },
      ),
      { maxItems: 20_000 },
    ),
  },
  { additionalProperties: false },
);
export type PriceBookFile = Type.Static<typeof PriceBookFile>;

/** The same as export writes it. */
export const PriceBookFileRow = Type.Object({
  format: Type.Literal('brconnector-prices-1'),
  unit: Type.Literal('USD per million tokens'),
  lists: Type.Array(Type.Object({ ...place, source: Type.String(), bands: Type.Array(PriceBandRow) })),
});
export type PriceBookFileRow = Type.Static<typeof PriceBookFileRow>;

export const ImportQuery = Type.Object({ dry_run: Type.Optional(Type.Boolean()) });

export const ImportAnswer = Type.Object({
  dry_run: Type.Boolean(),
  added: Type.Integer(),
  changed: Type.Integer(),
  same: Type.Integer(),
  changes: Type.Array(
    Type.Object({
      change: Type.Enum(['added', 'changed']),
      ...place,
      before: nullable(Type.Array(PriceBandRow)),
      after: Type.Array(PriceBandRow),
    }),
  ),
});
export type ImportAnswer = Type.Static<typeof ImportAnswer>;
