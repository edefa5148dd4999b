// The body of POST /v1/chat/completions as clients write it. Only shapes, types and ranges stand here; what a
// value means, and whether it can be served, is for `decode-request.ts`.
import { Type } from 'typebox';
import { CacheBreakpoint, ChatMessage, optional } from './schema-messages.ts';
import { FunctionChoice, Functions, ToolChoice, Tools } from './schema-tools.ts';

/**
 * The Ajv options this schema is written for. Fastify's defaults turn `null` into 0 and `["a"]` into `"a"`, and
 * remove fields; a chat body must reach the decoder as it came. `allErrors` would do work in proportion to
 * the caller's mistakes.
 */
export const AJV_OPTIONS = {
  coerceTypes: false,
  removeAdditional: false,
  useDefaults: false,
  allErrors: false,
} as const;

/** Bedrock takes model ids and ARNs of at most this many characters. */
const MAX_MODEL_LENGTH = 2048;
/** No model writes more; it keeps the worst-case cost of a request within what money can hold. */
const MAX_OUTPUT_TOKENS = 10_000_000;

const StreamOptions = Type.Object({
  include_usage: optional(Type.Boolean()),
  include_obfuscation: optional(Type.Boolean()),
});

const Metadata = Type.Object(
  {},
  {
    maxProperties: 16,
    propertyNames: { maxLength: 64 },
    additionalProperties: Type.String({ maxLength: 512 }),
  },
);

const ResponseFormat = Type.Object({
  type: Type.String(),
  json_schema: Type.Optional(
    Type.Object({
      name: Type.String({ minLength: 1 }),
      description: optional(Type.String()),
      schema: optional(Type.Object({})),
      strict: optional(Type.Boolean()),
    }),
  ),
});

/** The gateway's own key: what only Bedrock has, in Bedrock's words (GuardrailConfiguration, PerformanceConfiguration). */
const BedrockOptions = Type.Object({
  guardrailConfig: optional(
    Type.Object({
      guardrailIdentifier: Type.String({ minLength: 1, maxLength: 2048 }),
      guardrailVersion: Type.String({ minLength: 1 }),
      trace: optional(Type.String()),
      streamProcessingMode: optional(Type.String()),
    }),
  ),
  performanceConfig: optional(Type.Object({ latency: Type.String() })),
});

const TokenLimit = Type.Integer({ minimum: 1, maximum: MAX_OUTPUT_TOKENS });
const Penalty = Type.Number({ minimum: -2, maximum: 2 });

/** Unknown fields pass; `decode-request.ts` reports them as dropped. */
export const ChatCompletionBody = Type.Object({
  model: Type.String({ minLength: 1, maxLength: MAX_MODEL_LENGTH }),
  messages: Type.Array(ChatMessage, { minItems: 1 }),
  max_completion_tokens: optional(TokenLimit),
  max_tokens: optional(TokenLimit),
  temperature: optional(Type.Number({ minimum: 0, maximum: 2 })),
  top_p: optional(Type.Number({ minimum: 0, maximum: 1 })),
  stop: optional(Type.Union([Type.String(), Type.Array(Type.String(), { maxItems: 4 })])),
  n: optional(Type.Integer({ minimum: 1, maximum: 128 })),
  stream: optional(Type.Boolean()),
  stream_options: optional(StreamOptions),
  tools: optional(Tools),
  tool_choice: optional(ToolChoice),
  parallel_tool_calls: optional(Type.Boolean()),
  functions: optional(Functions),
  function_call: optional(FunctionChoice),
  response_format: optional(ResponseFormat),
  reasoning_effort: optional(Type.String()),
  verbosity: optional(Type.String()),
  seed: optional(Type.Integer()),
  logprobs: optional(Type.Boolean()),
  top_logprobs: optional(Type.Integer({ minimum: 0, maximum: 20 })),
  logit_bias: optional(Type.Object({})),
  frequency_penalty: optional(Penalty),
  presence_penalty: optional(Penalty),
  modalities: optional(Type.Array(Type.String())),
  audio: optional(Type.Object({})),
  prediction: optional(Type.Object({})),
  web_search_options: optional(Type.Object({})),
  moderation: optional(Type.Object({})),
  metadata: optional(Metadata),
  store: optional(Type.Boolean()),
  user: optional(Type.String()),
  safety_identifier: optional(Type.String()),
  prompt_cache_key: optional(Type.String()),
  prompt_cache_options: optional(CacheBreakpoint),
  prompt_cache_retention: optional(Type.String()),
  service_tier: optional(Type.String()),
  bedrock: optional(BedrockOptions),
});
export type ChatCompletionBody = Type.Static<typeof ChatCompletionBody>;
