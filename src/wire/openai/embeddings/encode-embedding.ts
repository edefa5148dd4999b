// Vectors as OpenAI answers them. Source: OpenAI's API reference, `CreateEmbeddingResponse`.
import type { EmbeddingAnswer } from '../../../canonical/embedding.ts';
import { formatMoney, type Money } from '../../../lib/money.ts';
import type { EncodingFormat } from './decode-embedding.ts';

export interface EmbeddingFacts {
  answer: EmbeddingAnswer;
  /** As the client wrote it. */
  model: string;
  format: EncodingFormat;
  /** Undefined: the client did not ask for it. */
  cost: Money | undefined;
}

export interface CreateEmbeddingResponse {
  object: 'list';
  data: { object: 'embedding'; index: number; embedding: readonly number[] | string }[];
  model: string;
  /** `cost` is ours: USD. */
  usage: { prompt_tokens: number; total_tokens: number; cost?: number };
}

export function encodeEmbeddingResponse({
  answer,
  model,
  format,
  cost,
}: EmbeddingFacts): CreateEmbeddingResponse {
  const { inputTokens } = answer.usage;
  return {
    object: 'list',
    data: answer.vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: format === 'base64' ? toBase64(vector) : vector,
    })),
    model,
    usage: {
      prompt_tokens: inputTokens,
      total_tokens: inputTokens,
      ...(cost !== undefined && { cost: Number(formatMoney(cost)) }),
    },
  };
}

const FLOAT_BYTES = 4;

/** Little-endian 32-bit floats, whatever machine this is: what the official SDKs ask for and decode. */
export function toBase64(vector: readonly number[]): string {
  const bytes = Buffer.allocUnsafe(vector.length * FLOAT_BYTES);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * FLOAT_BYTES);
  return bytes.toString('base64');
}
