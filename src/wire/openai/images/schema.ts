// The body of POST /v1/images/generations as clients write it. What a value means is for `decode-images.ts`.
import { Type } from 'typebox';
import { nullable } from '../../../lib/fields.ts';

/** Bedrock takes model ids and ARNs of at most this many characters. */
const MAX_MODEL_LENGTH = 2048;
/** OpenAI's own limits. */
const MAX_PROMPT_LENGTH = 32_000;
const MAX_IMAGES = 10;

const optional = <T extends Parameters<typeof nullable>[0]>(schema: T) => Type.Optional(nullable(schema));

export const ImagesBody = Type.Object({
  model: Type.String({ minLength: 1, maxLength: MAX_MODEL_LENGTH }),
  prompt: Type.String({ minLength: 1, maxLength: MAX_PROMPT_LENGTH }),
  n: optional(Type.Integer({ minimum: 1, maximum: MAX_IMAGES })),
  size: optional(Type.String()),
  quality: optional(Type.String()),
  response_format: optional(Type.String()),
  output_format: optional(Type.String()),
  output_compression: optional(Type.Integer({ minimum: 0, maximum: 100 })),
  background: optional(Type.String()),
  style: optional(Type.String()),
  moderation: optional(Type.String()),
  stream: optional(Type.Boolean()),
  partial_images: optional(Type.Integer({ minimum: 0, maximum: 3 })),
  user: optional(Type.String()),
});
export type ImagesBody = Type.Static<typeof ImagesBody>;
