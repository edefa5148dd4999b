// The body of the older POST /v1/completions. Only shapes, types and ranges; what can be served is for
// `decode-request.ts`.
import { Type } from 'typebox';
import { nullable } from '../../../lib/fields.ts';

/** As for chats: no model writes more. */
const MAX_OUTPUT_TOKENS = 10_000_000;

function optional<T extends Parameters<typeof nullable>[0]>(schema: T) {
  return Type.Optional(nullable(schema));
}

const Penalty = Type.Number({ minimum: -2, maximum: 2 });

export const CompletionBody = Type.Object({
  model: Type.String({ minLength: 1, maxLength: 2048 }),
  /** A list of numbers is a text in tokens of OpenAI's own models. */
  prompt: optional(Type.Union([Type.String(), Type.Array(Type.Unknown())])),
  best_of: optional(Type.Integer({ minimum: 0, maximum: 20 })),
  echo: optional(Type.Boolean()),
  frequency_penalty: optional(Penalty),
  logit_bias: optional(Type.Object({})),
  logprobs: optional(Type.Integer({ minimum: 0, maximum: 5 })),
  max_tokens: optional(Type.Integer({ minimum: 1, maximum: MAX_OUTPUT_TOKENS })),
  n: optional(Type.Integer({ minimum: 1, maximum: 128 })),
  presence_penalty: optional(Penalty),
  seed: optional(Type.Integer()),
  stop: optional(Type.Union([Type.String(), Type.Array(Type.String(), { maxItems: 4 })])),
  stream: optional(Type.Boolean()),
  stream_options: optional(
    Type.Object({ include_usage: optional(Type.Boolean()), include_obfuscation: optional(Type.Boolean()) }),
  ),
  suffix: optional(Type.String()),
  temperature: optional(Type.Number({ minimum: 0, maximum: 2 })),
  top_p: optional(Type.Number({ minimum: 0, maximum: 1 })),
  user: optional(Type.String()),
});
export type CompletionBody = Type.Static<typeof CompletionBody>;
