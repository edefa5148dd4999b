// The catalogue on the wire: public names with what they are called upstream.
import { Type } from 'typebox';
import { MoneyText, nullable, Time } from '../../lib/fields.ts';
import { Id, orderBy, pageFields, searchFields } from '../../lib/page.ts';

/** Model ids, inference profiles and ARNs; also what clients may ask for. */
const ModelWord = Type.String({ minLength: 1, maxLength: 512, pattern: '^[A-Za-z0-9][A-Za-z0-9_.:/@+-]*$' });
const Label = Type.String({ minLength: 1, maxLength: 255, pattern: '\\S' });
const Scope = Type.String({
  pattern: '^[a-z][a-z0-9-]{0,31}$',
  description: '`in-region`, `global`, or a geographic prefix such as `us`',
});
const Region = nullable(
  Type.String({
    pattern: '^[a-z]{2}(-[a-z]+)+-[0-9]{1,2}$',
    maxLength: 32,
    description: "null: the gateway's own",
  }),
);
const Tokens = Type.Integer({ minimum: 1, maximum: 100_000_000 });
const Trait = Type.Union([Type.Boolean(), Type.String({ minLength: 1, maxLength: 255 })]);

/** What a model can do; what is not said is passed through. */
export const Capabilities = Type.Object(
  {
    image_input: Type.Optional(Type.Boolean()),
    tools: Type.Optional(Trait),
    forced_tool_choice: Type.Optional(Trait),
    reasoning: Type.Optional(Trait),
    sampling: Type.Optional(Type.Enum(['both', 'temperature_or_top_p', 'none'])),
    prompt_caching: Type.Optional(Trait),
    native_json_schema: Type.Optional(Trait),
    prompt_cache_min_tokens: Type.Optional(Tokens),
    min_max_tokens: Type.Optional(Tokens),
    input_includes_cached: Type.Optional(
      Type.Boolean({ description: "the upstream's inputTokens already include the cached ones" }),
    ),
  },
  { additionalProperties: false },
);
export type Capabilities = Type.Static<typeof Capabilities>;

export const CreateModelBody = Type.Object(
  {
    name: ModelWord,
    target: ModelWord,
    base_id: ModelWord,
    price_scope: Scope,
    region: Type.Optional(Region),
    display_name: Type.Optional(Label),
    vendor: Label,
    context_tokens: Tokens,
    max_output_tokens: Tokens,
    capabilities: Type.Optional(Capabilities),
    is_free: Type.Optional(Type.Boolean()),
    is_retired: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export type CreateModelBody = Type.Static<typeof CreateModelBody>;

/** Any of the members; `capabilities` as a whole. */
export const UpdateModelBody = Type.Object(
  {
    id: Id,
    name: Type.Optional(ModelWord),
    target: Type.Optional(ModelWord),
    base_id: Type.Optional(ModelWord),
    price_scope: Type.Optional(Scope),
    region: Type.Optional(Region),
    display_name: Type.Optional(Label),
    vendor: Type.Optional(Label),
    context_tokens: Type.Optional(Tokens),
    max_output_tokens: Type.Optional(Tokens),
    capabilities: Type.Optional(Capabilities),
    is_free: Type.Optional(Type.Boolean()),
    is_retired: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export type UpdateModelBody = Type.Static<typeof UpdateModelBody>;

export const DeleteModelBody = Type.Object({ id: Id }, { additionalProperties: false });

export const ModelListQuery = Type.Object({
  ...pageFields,
  ...searchFields,
  vendor: Type.Optional(Type.String({ maxLength: 255 })),
  base_id: Type.Optional(Type.String({ maxLength: 512 })),
  is_free: Type.Optional(Type.Boolean()),
  is_retired: Type.Optional(Type.Boolean()),
  orderBy: orderBy(['id', 'name', 'vendor', 'update']),
});
export type ModelListQuery = Type.Static<typeof ModelListQuery>;

const ModelPrice = Type.Object({
  over_input_tokens: Type.Integer(),
  input: Type.String({ ...MoneyText, description: 'USD per million tokens' }),
  output: MoneyText,
});

export const ModelRow = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  target: Type.String(),
  base_id: Type.String(),
  price_scope: Type.String(),
  region: nullable(Type.String()),
  display_name: Type.String(),
  vendor: Type.String(),
  context_tokens: Type.Integer(),
  max_output_tokens: Type.Integer(),
  capabilities: Type.Unsafe<Capabilities>({ type: 'object', additionalProperties: true }),
  is_free: Type.Boolean(),
  is_retired: Type.Boolean(),
  price: nullable(
    Type.Array(ModelPrice, { description: 'what is in force now, lowest band first; null: refused' }),
  ),
  created_at: Time,
  updated_at: Time,
});
export type ModelRow = Type.Static<typeof ModelRow>;
