// Pictures as OpenAI answers them. Source: OpenAI's API reference, `ImagesResponse`.
import type { ImageAnswer } from '../../../canonical/image.ts';
import { formatMoney, type Money } from '../../../lib/money.ts';

export interface ImageFacts {
  answer: ImageAnswer;
  /** Unix seconds. */
  createdAt: number;
  /** Undefined: the client did not ask for it. */
  cost: Money | undefined;
}

export interface ImagesResponse {
  created: number;
  data: { b64_json: string }[];
  output_format: 'png' | 'jpeg';
  /** Ours: USD. OpenAI's `usage` counts tokens, and these pictures have none. */
  cost?: number;
}

export function encodeImagesResponse({ answer, createdAt, cost }: ImageFacts): ImagesResponse {
  return {
    created: createdAt,
    data: answer.images.map((b64_json) => ({ b64_json })),
    output_format: answer.format,
    ...(cost !== undefined && { cost: Number(formatMoney(cost)) }),
  };
}
