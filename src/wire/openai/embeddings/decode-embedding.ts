// An OpenAI embedding request in the words of the house. Source: OpenAI's API reference, `embeddings.create`.
import {
  EMBEDDING_PURPOSES,
  type EmbeddingPurpose,
  type EmbeddingRequest,
} from '../../../canonical/embedding.ts';
import { invalidType, invalidValue, notOneOf, unsupportedValue } from '../../refusals.ts';
import type { EmbeddingsBody } from './schema.ts';

export interface DecodedEmbeddingRequest {
  request: EmbeddingRequest;
  format: EncodingFormat;
}

const FORMATS = ['float', 'base64'] as const;
export type EncodingFormat = (typeof FORMATS)[number];

/** OpenAI's own limit. */
const MAX_TEXTS = 2048;

/**
 * @param body validated against `EmbeddingsBody`
 * @throws Refusal of kind `invalid_type`, `invalid_value` or `unsupported_value`, with the path of the field
 */
export function decodeEmbeddingRequest(body: EmbeddingsBody): DecodedEmbeddingRequest {
  return {
    request: {
      model: body.model,
      texts: decodeInput(body.input),
      dimensions: body.dimensions ?? null,
      purpose: decodePurpose(body.input_type ?? null),
    },
    format: decodeFormat(body.encoding_format ?? 'float'),
  };
}

function decodeInput(input: EmbeddingsBody['input']): EmbeddingRequest['texts'] {
  if (typeof input === 'string') return [textAt(input, 'input')];
  const [first, ...rest] = input;
  if (first === undefined)
    throw invalidValue('input', 'expected an array of at least 1 element, but got an empty array instead');
  if (typeof first === 'number' || Array.isArray(first))
    throw unsupportedValue('input', 'takes text here, not arrays of tokens');
  if (input.length > MAX_TEXTS)
    throw invalidValue('input', `expected an array of at most ${MAX_TEXTS} elements`);
  return [textAt(first, 'input[0]'), ...rest.map((text, index) => textAt(text, `input[${index + 1}]`))];
}

function textAt(value: unknown, path: string): string {
  if (typeof value !== 'string') throw invalidType(path, 'a string', describe(value));
  if (value === '') throw invalidValue(path, 'expected a string that is not empty');
  return value;
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function decodeFormat(word: string): EncodingFormat {
  const format = FORMATS.find((each) => each === word);
  if (format === undefined) throw notOneOf('encoding_format', word, FORMATS);
  return format;
}

function decodePurpose(word: string | null): EmbeddingPurpose | null {
  if (word === null) return null;
  const purpose = EMBEDDING_PURPOSES.find((each) => each === word);
  if (purpose === undefined) throw notOneOf('input_type', word, EMBEDDING_PURPOSES);
  return purpose;
}
