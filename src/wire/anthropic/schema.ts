// The bodies of POST /v1/messages and /v1/messages/count_tokens as clients write them: the outer shapes. What stands in
// blocks, tools and settings depends on their `type` and is read by the decoders.
// Source: @anthropic-ai/sdk, MessageCreateParams and MessageCountTokensParams.
import { Type } from 'typebox';
import { nullable } from '../../lib/fields.ts';

/** Bedrock takes model ids and ARNs of at most this many characters. */
const MAX_MODEL_LENGTH = 2048;
/** No model writes more; it keeps the worst-case cost of a request within what money can hold. */
const MAX_OUTPUT_TOKENS = 10_000_000;
const MAX_STOP_SEQUENCES = 2_500;

/** Absent and `null` mean the same: clients of several SDKs write either. */
function optional<T extends Parameters<typeof nullable>[0]>(schema: T) {
  return Type.Optional(nullable(schema));
}

/** A content block, a tool, a setting: its other members are read by type. */
const Typed = Type.Object({ type: Type.String() });

export const WireMessage = Type.Object({
  role: Type.String(),
  content: Type.Union([Type.String(), Type.Array(Typed)]),
});
export type WireMessage = Type.Static<typeof WireMessage>;

const COMMON = {
  model: Type.String({ minLength: 1, maxLength: MAX_MODEL_LENGTH }),
  messages: Type.Array(WireMessage, { minItems: 1 }),
  system: optional(Type.Union([Type.String(), Type.Array(Typed)])),
  tools: optional(Type.Array(Type.Object({}))),
  tool_choice: optional(Typed),
  thinking: optional(Typed),
  output_config: optional(Type.Object({})),
  /** The older place of `output_config.format`. */
  output_format: optional(Typed),
  cache_control: optional(Typed),
  stop_sequences: optional(Type.Array(Type.String(), { maxItems: MAX_STOP_SEQUENCES })),
  temperature: optional(Type.Number({ minimum: 0, maximum: 1 })),
  top_p: optional(Type.Number({ minimum: 0, maximum: 1 })),
  top_k: optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
  metadata: optional(Type.Object({ user_id: optional(Type.String({ maxLength: 4_096 })) })),
  stream: optional(Type.Boolean()),
};

/** `max_tokens` 0, which only warms a cache, is not taken: Converse begins at 1. */
const TokenLimit = Type.Integer({ minimum: 1, maximum: MAX_OUTPUT_TOKENS });

/** Unknown fields pass; `decode-request.ts` reports them as dropped. */
export const MessagesBody = Type.Object({ ...COMMON, max_tokens: TokenLimit });
export type MessagesBody = Type.Static<typeof MessagesBody>;

export const CountTokensBody = Type.Object({ ...COMMON, max_tokens: optional(TokenLimit) });
export type CountTokensBody = Type.Static<typeof CountTokensBody>;
