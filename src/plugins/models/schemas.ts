// The catalogue on the wire: public names with what they are called upstream.
import { Type } from 'typebox';
import { MoneyText, nullable, Time } from '../../lib/fields.ts';
import { Id, orderBy, pageFields, searchFields } from '../../lib/page.ts';
import { RequestSettingsOnTheWire } from '../../lib/request-settings.ts';
import {
  Credentials,
  FurtherTargetRow,
  FurtherTargets,
  ModelWord,
  Region,
  Scope,
  Spread,
  Weight,
} from './targets/schemas.ts';

export type { Credentials, FurtherTarget, FurtherTargetRow } from './targets/schemas.ts';

const Label = Type.String({ minLength: 1, maxLength: 255, pattern: '\\S' });
const Tokens = Type.Integer({ minimum: 1, maximum: 100_000_000 });
const Flag = (description: string) => Type.Optional(Type.Boolean({ description }));
const OneOf = <T extends string>(words: readonly T[], description: string) =>
  Type.Optional(Type.Enum([...words], { description }));
const Words = <T extends string>(words: readonly T[], description: string) =>
  Type.Optional(Type.Array(Type.Enum([...words]), { maxItems: words.length, description }));

/** What a model can do and how it wants to be asked; what is not said is passed through. See `canonical/capabilities.ts`. */
export const Capabilities = Type.Object(
  {
    image_input: Flag('takes images'),
    document_input: Flag('takes documents'),
    tools: OneOf(['streamed', 'whole', 'none'], '`whole`: only in answers that are not streamed'),
    forced_tool_choice: Flag('a tool may be demanded'),
    strict_tools: Flag('takes `strict` tools'),
    tool_result_status: Flag('takes the status of a tool result'),
    short_tool_ids: Flag('wants tool ids of nine letters and digits'),
    reasoning: OneOf(
      ['none', 'always', 'claude', 'effort', 'flat_effort', 'nova'],
      'how it is told to think',
    ),
    thinking_modes: Words(['budget', 'adaptive', 'between_tools', 'off'], 'of `claude`'),
    efforts: Words(['minimal', 'low', 'medium', 'high', 'xhigh', 'max'], 'weakest first'),
    sampling: OneOf(['both', 'temperature_or_top_p', 'none'], 'which of temperature and top_p it takes'),
    top_k: OneOf(['top_k', 'nova', 'k', 'none'], 'where top_k goes'),
    penalties: Flag('takes frequency_penalty and presence_penalty'),
    prompt_caching: OneOf(['explicit', 'implicit', 'none'], '`implicit`: caches by itself'),
    cache_lifetime: OneOf(['5m', '1h'], 'the longest a cache point may ask for'),
    prompt_cache_min_tokens: Type.Optional(Tokens),
    automatic_caching: Flag('the gateway places cache points where the client does not'),
    native_json_schema: Flag('takes a JSON Schema for its answer'),
    prefill: Flag("a conversation may end with the assistant's own words"),
    system_prompt: Flag('takes instructions apart from the conversation'),
    mid_system: Flag('takes instructions in the middle of the conversation'),
    citations: Flag('can say where a statement is from'),
    search_results: Flag('takes search results'),
    service_tiers: Words(['flex', 'priority'], 'beside the default'),
    optimized_latency: Flag('takes `latency: optimized`'),
    min_max_tokens: Type.Optional(Tokens),
    input_includes_cached: Flag("the upstream's inputTokens already include the cached ones"),
    image_tokens: Type.Optional(Tokens),
    embedding: OneOf(
      ['titan_v2', 'titan_v1', 'cohere_v3', 'cohere_v4', 'nova'],
      'which body it takes, of a model that embeds',
    ),
    dimensions: Type.Optional(
      Type.Array(Type.Integer({ minimum: 1, maximum: 16_384 }), {
        minItems: 1,
        maxItems: 32,
        description: 'lengths of its vectors, the default first',
      }),
    ),
    image: OneOf(['nova_canvas', 'stability'], 'which body it takes, of a model that makes pictures'),
  },
  { additionalProperties: false },
);
export type Capabilities = Type.Static<typeof Capabilities>;

const Kind = Type.Enum(['chat', 'embedding', 'image']);

export const CreateModelBody = Type.Object(
  {
    name: ModelWord,
    kind: Type.Optional(Kind),
    target: ModelWord,
    base_id: ModelWord,
    price_scope: Scope,
    region: Type.Optional(Region),
    credentials: Type.Optional(Credentials),
    weight: Type.Optional(Weight),
    spread: Type.Optional(Spread),
    further_targets: Type.Optional(FurtherTargets),
    display_name: Type.Optional(Label),
    vendor: Label,
    context_tokens: Tokens,
    max_output_tokens: Tokens,
    capabilities: Type.Optional(Capabilities),
    defaults: Type.Optional(RequestSettingsOnTheWire),
    is_free: Type.Optional(Type.Boolean()),
    is_retired: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export type CreateModelBody = Type.Static<typeof CreateModelBody>;

/** Any of the members; `capabilities`, `defaults`, `credentials` and `further_targets` as a whole. */
export const UpdateModelBody = Type.Object(
  {
    id: Id,
    name: Type.Optional(ModelWord),
    kind: Type.Optional(Kind),
    target: Type.Optional(ModelWord),
    base_id: Type.Optional(ModelWord),
    price_scope: Type.Optional(Scope),
    region: Type.Optional(Region),
    credentials: Type.Optional(Credentials),
    weight: Type.Optional(Weight),
    spread: Type.Optional(Spread),
    further_targets: Type.Optional(FurtherTargets),
    display_name: Type.Optional(Label),
    vendor: Type.Optional(Label),
    context_tokens: Type.Optional(Tokens),
    max_output_tokens: Type.Optional(Tokens),
    capabilities: Type.Optional(Capabilities),
    defaults: Type.Optional(RequestSettingsOnTheWire),
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
  image: nullable(Type.String({ ...MoneyText, description: 'USD per picture made' })),
  embedding: nullable(Type.String({ ...MoneyText, description: 'USD per million tokens embedded' })),
});

export const ModelRow = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  kind: Kind,
  target: Type.String(),
  base_id: Type.String(),
  price_scope: Type.String(),
  region: nullable(Type.String()),
  credentials: nullable(Type.Unsafe<Credentials>({ type: 'object', additionalProperties: true })),
  weight: Type.Integer(),
  spread: Spread,
  further_targets: Type.Array(FurtherTargetRow),
  display_name: Type.String(),
  vendor: Type.String(),
  context_tokens: Type.Integer(),
  max_output_tokens: Type.Integer(),
  capabilities: Type.Unsafe<Capabilities>({ type: 'object', additionalProperties: true }),
  defaults: RequestSettingsOnTheWire,
  is_free: Type.Boolean(),
  is_retired: Type.Boolean(),
  price: nullable(
    Type.Array(ModelPrice, { description: 'what is in force now, lowest band first; null: refused' }),
  ),
  created_at: Time,
  updated_at: Time,
});
export type ModelRow = Type.Static<typeof ModelRow>;
