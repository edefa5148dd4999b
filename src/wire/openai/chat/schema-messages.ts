// The messages of POST /v1/chat/completions as clients write them. Which part may stand where, and what it means, is
// for the decoders: here are only shapes and types.
import { Type } from 'typebox';
import { nullable } from '../../../lib/fields.ts';

/** Absent and `null` mean the same wherever this is used: OpenAI's optional parameters are nullable. */
export function optional<T extends Parameters<typeof nullable>[0]>(schema: T) {
  return Type.Optional(nullable(schema));
}

export const CacheBreakpoint = Type.Object({
  mode: optional(Type.String()),
  ttl: optional(Type.String()),
});

/** Not OpenAI's: what clients of Claude write through LiteLLM and OpenRouter. */
const CacheControl = Type.Object({ type: Type.String(), ttl: optional(Type.String()) });

const ImageUrl = Type.Object({ url: Type.String(), detail: optional(Type.String()) });

const FileSource = Type.Object({
  file_data: optional(Type.String()),
  file_id: optional(Type.String()),
  filename: optional(Type.String()),
});

/** BRClient's own part. `bytes` are base64, an array of numbers, or what JSON makes of a Uint8Array. */
const Doc = Type.Object({
  name: optional(Type.String()),
  format: Type.String(),
  source: Type.Object({ bytes: Type.Unknown() }),
});

/** One element of a content array. Which `type` may stand where depends on the role: see `decode-content.ts`. */
export const ContentPart = Type.Object({
  type: Type.String(),
  text: Type.Optional(Type.String()),
  refusal: Type.Optional(Type.String()),
  image_url: Type.Optional(ImageUrl),
  file: Type.Optional(FileSource),
  doc: Type.Optional(Doc),
  prompt_cache_breakpoint: optional(CacheBreakpoint),
  cache_control: optional(CacheControl),
});
/** What stands beside these has no effect, and is reported. */
export const PART_MEMBERS: ReadonlySet<string> = new Set(Object.keys(ContentPart.properties));
export type ContentPart = Type.Static<typeof ContentPart>;

const FunctionCall = Type.Object({ name: Type.String({ minLength: 1 }), arguments: optional(Type.String()) });

const ToolCall = Type.Object({
  id: Type.String({ minLength: 1 }),
  type: optional(Type.String()),
  function: Type.Optional(FunctionCall),
  custom: Type.Optional(Type.Object({ name: Type.String({ minLength: 1 }), input: Type.String() })),
});
export type ToolCall = Type.Static<typeof ToolCall>;

/** What `encode-reasoning.ts` gave. */
const ReasoningDetail = Type.Object({
  type: Type.String(),
  text: optional(Type.String()),
  signature: optional(Type.String()),
  data: optional(Type.String()),
  index: optional(Type.Integer()),
});
export type ReasoningDetail = Type.Static<typeof ReasoningDetail>;

/** One shape for every role: a union by role would answer a misspelt role with the errors of all of them. */
export const ChatMessage = Type.Object({
  role: Type.String(),
  content: optional(Type.Union([Type.String(), Type.Array(ContentPart)])),
  name: optional(Type.String()),
  refusal: optional(Type.String()),
  tool_calls: optional(Type.Array(ToolCall)),
  tool_call_id: optional(Type.String()),
  function_call: optional(FunctionCall),
  audio: Type.Optional(Type.Unknown()),
  reasoning_content: optional(Type.String()),
  reasoning_details: optional(Type.Array(ReasoningDetail)),
});
export type ChatMessage = Type.Static<typeof ChatMessage>;
