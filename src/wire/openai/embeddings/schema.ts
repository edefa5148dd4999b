// The body of POST /v1/embeddings as clients write it. What a value means is for `decode-embedding.ts`.
import { Type } from 'typebox';
import { nullable } from '../../../lib/fields.ts';

/** Bedrock takes model ids and ARNs of at most this many characters. */
const MAX_MODEL_LENGTH = 2048;

export const EmbeddingsBody = Type.Object({
  model: Type.String({ minLength: 1, maxLength: MAX_MODEL_LENGTH }),
  /** The elements are looked at by the decoder: it tells token arrays, which OpenAI takes, from mistakes. */
  input: Type.Union([Type.String(), Type.Array(Type.Unknown())]),
  encoding_format: Type.Optional(nullable(Type.String())),
  dimensions: Type.Optional(nullable(Type.Integer({ minimum: 1, maximum: 1_000_000 }))),
  user: Type.Optional(nullable(Type.String())),
  /** Not OpenAI's: what the vectors are for, in Cohere's words. */
  input_type: Type.Optional(nullable(Type.String())),
});
export type EmbeddingsBody = Type.Static<typeof EmbeddingsBody>;
