// The native bodies of models that embed text or make pictures, and their answers: the same for the same words.
import type { Call, NativeReply } from './call.ts';
import { countTokens } from './count-tokens.ts';
import { invalid } from './errors.ts';
import { isObject, type JsonObject, listOf, textOf } from './json.ts';
import { makePng } from './make-png.ts';
import { makeVector } from './make-vector.ts';

export type MediaCall = Pick<Call, 'firstUserText' | 'lastUserText' | 'inputTokens'> & {
  native: NativeReply;
};

const TITAN_V1_LENGTH = 1536;
const TITAN_V2_LENGTHS = [1024, 512, 256];
const COHERE_V3_LENGTH = 1024;
const COHERE_V4_LENGTHS = [1536, 1024, 512, 256];
const COHERE_TEXTS = 96;
const COHERE_INPUT_TYPES = ['search_document', 'search_query', 'classification', 'clustering'];
const NOVA_LENGTHS = [3072, 1024, 384, 256];
const MOST_TOKENS = 8192;
const NOVA_IMAGES = 5;

/** Claude takes its own bodies only. */
const ANTHROPIC = /(^|[./])anthropic\./;

/** Null: a body of another kind. Throws ValidationException for what such a model would not take. */
export function readMedia(body: unknown, modelId: string): MediaCall | null {
  if (!isObject(body) || ANTHROPIC.test(modelId)) return null;
  if (typeof body.inputText === 'string') return titan(body, body.inputText, modelId);
  if (Array.isArray(body.texts)) return cohere(body, body.texts.map(textOf), modelId);
  if (body.taskType === 'SINGLE_EMBEDDING') return novaEmbedding(body);
  if (body.taskType === 'TEXT_IMAGE') return novaCanvas(body);
  if (typeof body.prompt === 'string' && body.mode === 'text-to-image') return stability(body, body.prompt);
  return null;
}

function titan(body: JsonObject, text: string, modelId: string): MediaCall {
  if (text === '') throw malformed('#/inputText: expected minLength: 1, actual: 0');
  const isFirst = modelId.includes('embed-text-v1');
  const length = isFirst ? TITAN_V1_LENGTH : lengthOf(body.dimensions, TITAN_V2_LENGTHS);
  const inputTextTokenCount = countWithin(text, MOST_TOKENS);
  const embedding = makeVector(text, length);
  const byType = isFirst ? {} : { embeddingsByType: { float: embedding } };
  return reply([text], { embedding, ...byType, inputTextTokenCount }, inputTextTokenCount);
}

function cohere(body: JsonObject, texts: string[], modelId: string): MediaCall {
  if (texts.length === 0 || texts.length > COHERE_TEXTS)
    throw malformed(`#/texts: expected 1 to ${COHERE_TEXTS} items, actual: ${texts.length}`);
  if (!COHERE_INPUT_TYPES.includes(textOf(body.input_type)))
    throw malformed('#/input_type: is not a valid type');
  const isFourth = modelId.includes('embed-v4');
  const length = isFourth ? lengthOf(body.output_dimension, COHERE_V4_LENGTHS) : COHERE_V3_LENGTH;
  const vectors = texts.map((text) => makeVector(text, length));
  const isByType = listOf(body.embedding_types).length > 0;
  const answer = {
    id: 'simulated',
    texts,
    embeddings: isByType ? { float: vectors } : vectors,
    response_type: isByType ? 'embeddings_by_type' : 'embeddings_floats',
  };
  return reply(
    texts,
    answer,
    texts.reduce((sum, text) => sum + countTokens(text), 0),
  );
}

function novaEmbedding(body: JsonObject): MediaCall {
  const params = isObject(body.singleEmbeddingParams) ? body.singleEmbeddingParams : {};
  const text = isObject(params.text) ? textOf(params.text.value) : '';
  if (text === '') throw malformed('#/singleEmbeddingParams/text/value: expected minLength: 1, actual: 0');
  const embedding = makeVector(text, lengthOf(params.embeddingDimension, NOVA_LENGTHS));
  const answer = { embeddings: [{ embeddingType: 'TEXT', embedding }] };
  return reply([text], answer, countWithin(text, MOST_TOKENS));
}

function novaCanvas(body: JsonObject): MediaCall {
  const params = isObject(body.textToImageParams) ? body.textToImageParams : {};
  const config = isObject(body.imageGenerationConfig) ? body.imageGenerationConfig : {};
  const count = config.numberOfImages ?? 1;
  const text = textOf(params.text);
  if (text === '') throw malformed('#/textToImageParams/text: expected minLength: 1, actual: 0');
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > NOVA_IMAGES)
    throw malformed('#/imageGenerationConfig/numberOfImages: is not a number from 1 to 5');
  return pictures(text, count, {});
}

function stability(_body: JsonObject, prompt: string): MediaCall {
  if (prompt === '') throw malformed('#/prompt: expected minLength: 1, actual: 0');
  return pictures(prompt, 1, { seeds: [0], finish_reasons: [null] });
}

function pictures(text: string, count: number, more: JsonObject): MediaCall {
  const images = Array.from({ length: count }, (_, index) => makePng(`${index} ${text}`).toString('base64'));
  const body = { images, ...more };
  const native = { body, headers: { 'x-amzn-bedrock-invocation-latency': '1' }, usage: { images: count } };
  return { firstUserText: text, lastUserText: text, inputTokens: countTokens(text), native };
}

function reply(texts: readonly string[], body: JsonObject, inputTokens: number): MediaCall {
  const headers = {
    'x-amzn-bedrock-invocation-latency': '1',
    'x-amzn-bedrock-input-token-count': String(inputTokens),
  };
  const text = texts.join('\n');
  const native = { body, headers, usage: { inputTokens } };
  return { firstUserText: text, lastUserText: text, inputTokens, native };
}

function countWithin(text: string, most: number): number {
  const count = countTokens(text);
  if (count <= most) return count;
  throw invalid(
    `400 Bad Request: Too many input tokens. Max input tokens: ${most}, request input token count: ${count} `,
  );
}

/** The first is what is made unasked. */
function lengthOf(asked: unknown, lengths: readonly number[]): number {
  const length = asked ?? lengths[0];
  const known = lengths.find((each) => each === length);
  if (known === undefined) throw malformed(`${String(asked)} is not a valid number of dimensions`);
  return known;
}

function malformed(what: string) {
  return invalid(`Malformed input request: ${what}, please reformat your input and try again.`);
}
