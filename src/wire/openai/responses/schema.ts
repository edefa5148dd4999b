// The body of POST /v1/responses as clients write it. Only shapes, types and ranges stand here; what a value means, and
// whether it can be served, is for `decode-request.ts`. Source: ResponseCreateParams of OpenAI's SDK.
import { Type } from 'typebox';
import { nullable } from '../../../lib/fields.ts';

/** Bedrock takes model ids and ARNs of at most this many characters. */
const MAX_MODEL_LENGTH = 2048;
/** No model writes more; it keeps the worst-case cost of a request within what money can hold. */
const MAX_OUTPUT_TOKENS = 10_000_000;

/** Absent and `null` mean the same wherever this is used. */
function optional<T extends Parameters<typeof nullable>[0]>(schema: T) {
  return Type.Optional(nullable(schema));
}

const text = () => optional(Type.String());

/** One element of a `content` or `output` array. Which `type` may stand where is for `decode-content.ts`. */
export const ContentPart = Type.Object({
  type: Type.String(),
  text: text(),
  refusal: text(),
  image_url: text(),
  file_id: text(),
  file_data: text(),
  file_url: text(),
  filename: text(),
  prompt_cache_breakpoint: Type.Optional(Type.Unknown()),
});
export type ContentPart = Type.Static<typeof ContentPart>;

const TextOrParts = Type.Union([Type.String(), Type.Array(ContentPart)]);

/** One shape for every item: a union by type would answer a misspelt type with the errors of all of them. */
export const InputItem = Type.Object({
  type: text(),
  id: text(),
  role: text(),
  content: optional(TextOrParts),
  call_id: text(),
  name: text(),
  namespace: text(),
  arguments: Type.Optional(Type.Unknown()),
  input: text(),
  // An object is the output of a hosted tool, which is refused by the item's type.
  output: optional(Type.Union([Type.String(), Type.Array(ContentPart), Type.Object({})])),
  encrypted_content: text(),
});
export type InputItem = Type.Static<typeof InputItem>;

/** Members of hosted tools pass: such a tool is refused by its type. */
export const ResponseTool = Type.Object({
  type: Type.String(),
  name: text(),
  description: text(),
  parameters: optional(Type.Object({})),
  strict: optional(Type.Boolean()),
  format: optional(Type.Object({ type: text(), syntax: text(), definition: text() })),
  defer_loading: optional(Type.Boolean()),
});
export type ResponseTool = Type.Static<typeof ResponseTool>;

const Format = Type.Object({
  type: Type.String(),
  name: text(),
  description: text(),
  schema: optional(Type.Object({})),
  strict: optional(Type.Boolean()),
});

const TextConfig = Type.Object({ format: optional(Format), verbosity: text() });

const Reasoning = Type.Object({
  effort: text(),
  summary: text(),
  generate_summary: text(),
  context: text(),
});

const Metadata = Type.Object(
  {},
  {
    maxProperties: 16,
    propertyNames: { maxLength: 64 },
    additionalProperties: Type.String({ maxLength: 512 }),
  },
);

/** Unknown fields pass; `decode-request.ts` reports them as dropped. */
export const ResponseBody = Type.Object({
  model: Type.String({ minLength: 1, maxLength: MAX_MODEL_LENGTH }),
  input: optional(Type.Union([Type.String(), Type.Array(InputItem, { minItems: 1 })])),
  instructions: text(),
  max_output_tokens: optional(Type.Integer({ minimum: 1, maximum: MAX_OUTPUT_TOKENS })),
  temperature: optional(Type.Number({ minimum: 0, maximum: 2 })),
  top_p: optional(Type.Number({ minimum: 0, maximum: 1 })),
  tools: optional(Type.Array(ResponseTool)),
  tool_choice: optional(Type.Union([Type.String(), Type.Object({ type: Type.String() })])),
  parallel_tool_calls: optional(Type.Boolean()),
  text: optional(TextConfig),
  reasoning: optional(Reasoning),
  include: optional(Type.Array(Type.String())),
  stream: optional(Type.Boolean()),
  stream_options: optional(Type.Object({ include_obfuscation: optional(Type.Boolean()) })),
  store: optional(Type.Boolean()),
  background: optional(Type.Boolean()),
  previous_response_id: text(),
  conversation: Type.Optional(Type.Unknown()),
  prompt: Type.Optional(Type.Unknown()),
  truncation: text(),
  top_logprobs: optional(Type.Integer({ minimum: 0, maximum: 20 })),
  service_tier: text(),
  metadata: optional(Metadata),
  user: text(),
  safety_identifier: text(),
  prompt_cache_key: text(),
  prompt_cache_options: optional(Type.Object({ mode: text(), ttl: text() })),
  prompt_cache_retention: text(),
  context_management: optional(Type.Array(Type.Unknown())),
  max_tool_calls: optional(Type.Integer()),
  moderation: Type.Optional(Type.Unknown()),
});
export type ResponseBody = Type.Static<typeof ResponseBody>;
