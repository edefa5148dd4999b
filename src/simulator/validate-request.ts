// The rules of Converse itself, apart from those of its messages. Texts follow the service's own.
import { invalid } from './errors.ts';
import { isObject, type JsonObject, listOf } from './json.ts';
import type { Operation } from './operation.ts';
import { validateCachePoints } from './validate-cache-points.ts';
import { validateMessages, validateSystem } from './validate-messages.ts';
import { validateTools } from './validate-tools.ts';

// Bedrock Runtime service model, ConverseRequest and ConverseStreamRequest.
const MEMBERS: ReadonlySet<string> = new Set([
  ...['messages', 'system', 'inferenceConfig', 'toolConfig', 'guardrailConfig', 'outputConfig'],
  ...['additionalModelRequestFields', 'additionalModelResponseFieldPaths', 'promptVariables'],
  ...['performanceConfig', 'serviceTier', 'requestMetadata'],
]);
const INFERENCE_MEMBERS: ReadonlySet<string> = new Set(['maxTokens', 'temperature', 'topP', 'stopSequences']);
const MAX_INT32 = 2 ** 31 - 1;
const MAX_STOP_SEQUENCES = 2500;
const MAX_METADATA_PAIRS = 16;
const MAX_METADATA_CHARACTERS = 256;
const MAX_RESPONSE_PATHS = 10;
const TRACES = ['enabled', 'disabled', 'enabled_full'];
const METADATA_CHARSET = /^[a-zA-Z0-9\s:_@$#=/+,.-]*$/;

/** Throws ValidationException for a body the service would not take for this model. */
export function validateConverse(body: unknown, modelId: string, operation: Operation): JsonObject {
  if (!isObject(body)) throw invalid('Malformed input request, please reformat your input and try again.');
  refuseUnknown(body, MEMBERS, '');
  validateMessages(body.messages, modelId);
  validateSystem(body.system);
  validateInference(body.inferenceConfig, modelId);
  validateTools(body.toolConfig, listOf(body.messages));
  validateCachePoints(body);
  validateModelFields(body);
  validateOutput(body.outputConfig);
  validateGuardrail(body.guardrailConfig, operation);
  validateMetadata(body.requestMetadata);
  oneOf(body.performanceConfig, 'performanceConfig', 'latency', ['standard', 'optimized']);
  oneOf(body.serviceTier, 'serviceTier', 'type', ['default', 'flex', 'priority', 'reserved']);
  return body;
}

/** AWS's sentence for a broken constraint. */
function violation(at: string, value: unknown, constraint: string): Error {
  const shown = typeof value === 'string' ? value : JSON.stringify(value);
  return invalid(
    `1 validation error detected: Value '${shown}' at '${at}' failed to satisfy constraint: Member must ${constraint}`,
  );
}

function refuseUnknown(value: JsonObject, known: ReadonlySet<string>, prefix: string): void {
  const extra = Object.keys(value).find((member) => !known.has(member));
  if (extra === undefined) return;
  throw invalid(
    `Malformed input request: extraneous key [${prefix}${extra}] is not permitted, please reformat your input and try again.`,
  );
}

function validateInference(value: unknown, modelId: string): void {
  if (value === undefined || value === null) return;
  if (!isObject(value)) throw violation('inferenceConfig', value, 'be an object');
  refuseUnknown(value, INFERENCE_MEMBERS, 'inferenceConfig.');
  const { maxTokens } = value;
  if (isGiven(maxTokens)) {
    const at = 'inferenceConfig.maxTokens';
    if (!Number.isInteger(maxTokens)) throw violation(at, maxTokens, 'be an integer');
    if (Number(maxTokens) < 1) throw violation(at, maxTokens, 'have value greater than or equal to 1');
    if (Number(maxTokens) > MAX_INT32)
      throw violation(at, maxTokens, `have value less than or equal to ${MAX_INT32}`);
  }
  between0And1(value.temperature, 'inferenceConfig.temperature');
  between0And1(value.topP, 'inferenceConfig.topP');
  validateStopSequences(value.stopSequences, modelId);
}

function between0And1(value: unknown, at: string): void {
  if (!isGiven(value)) return;
  if (typeof value !== 'number') throw violation(at, value, 'be a number');
  if (value < 0) throw violation(at, value, 'have value greater than or equal to 0');
  if (value > 1) throw violation(at, value, 'have value less than or equal to 1');
}

function validateStopSequences(value: unknown, modelId: string): void {
  if (!isGiven(value)) return;
  const at = 'inferenceConfig.stopSequences';
  if (!Array.isArray(value) || value.length > MAX_STOP_SEQUENCES) {
    throw violation(at, value, `be a list with length less than or equal to ${MAX_STOP_SEQUENCES}`);
  }
  for (const sequence of value) {
    if (typeof sequence !== 'string' || sequence === '') {
      throw violation(at, value, 'satisfy constraint: [Member must have length greater than or equal to 1]');
    }
    if (sequence.trim() === '' && modelId.includes('anthropic.')) {
      throw invalid(
        'The model returned the following errors: stop_sequences: each stop sequence must contain non-whitespace',
      );
    }
  }
}

function validateMetadata(value: unknown): void {
  if (!isGiven(value)) return;
  const at = 'requestMetadata';
  const pairs = isObject(value) ? Object.entries(value) : [];
  if (pairs.length < 1 || pairs.length > MAX_METADATA_PAIRS) {
    throw violation(at, value, `have length between 1 and ${MAX_METADATA_PAIRS}`);
  }
  for (const [key, text] of pairs) {
    const isFine =
      key !== '' &&
      key.length <= MAX_METADATA_CHARACTERS &&
      METADATA_CHARSET.test(key) &&
      typeof text === 'string' &&
      text.length <= MAX_METADATA_CHARACTERS &&
      METADATA_CHARSET.test(text);
    if (!isFine) throw violation(at, value, `satisfy regular expression pattern: ${METADATA_CHARSET.source}`);
  }
}

function validateModelFields({
  additionalModelRequestFields: fields,
  additionalModelResponseFieldPaths: paths,
}: JsonObject): void {
  if (isGiven(fields) && !isObject(fields)) {
    throw violation('additionalModelRequestFields', fields, 'be an object');
  }
  if (!isGiven(paths)) return;
  const list = listOf(paths);
  const isPath = (path: unknown) => typeof path === 'string' && /^\/./.test(path) && path.length <= 256;
  if (list.length > MAX_RESPONSE_PATHS || !list.every(isPath)) {
    throw violation('additionalModelResponseFieldPaths', paths, 'be at most 10 JSON pointers');
  }
}

function validateOutput(value: unknown): void {
  if (!isGiven(value)) return;
  if (!isObject(value)) throw violation('outputConfig', value, 'be an object');
  if (isGiven(value.effort))
    oneOf(value, 'outputConfig', 'effort', ['low', 'medium', 'high', 'xhigh', 'max']);
  const { textFormat } = value;
  if (!isGiven(textFormat)) return;
  oneOf(textFormat, 'outputConfig.textFormat', 'type', ['json_schema']);
  const structure = isObject(textFormat) && isObject(textFormat.structure) ? textFormat.structure : {};
  const schema = isObject(structure.jsonSchema) ? structure.jsonSchema.schema : undefined;
  const at = 'outputConfig.textFormat.structure.jsonSchema.schema';
  if (typeof schema !== 'string' || !isJson(schema))
    throw violation(at, schema ?? null, 'be JSON in a string');
}

function validateGuardrail(value: unknown, operation: Operation): void {
  if (!isGiven(value)) return;
  oneOf({ trace: 'enabled', ...Object(value) }, 'guardrailConfig', 'trace', TRACES);
  const { guardrailIdentifier: id, guardrailVersion: version, streamProcessingMode: mode } = Object(value);
  if (typeof id !== 'string' || typeof version !== 'string' || !/^(?:[1-9]\d{0,7}|DRAFT)$/.test(version)) {
    throw violation('guardrailConfig.guardrailVersion', version ?? null, 'be a version of a guardrail');
  }
  if (mode === undefined) return;
  oneOf(value, 'guardrailConfig', 'streamProcessingMode', ['sync', 'async']);
  if (operation === 'Converse') {
    throw invalid(
      'Malformed input request: extraneous key [guardrailConfig.streamProcessingMode] is not permitted, please reformat your input and try again.',
    );
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function oneOf(value: unknown, at: string, member: string, words: readonly string[]): void {
  if (!isGiven(value)) return;
  const word = isObject(value) ? value[member] : undefined;
  if (typeof word !== 'string' || !words.includes(word)) {
    throw violation(`${at}.${member}`, word ?? null, `satisfy enum value set: [${words.join(', ')}]`);
  }
}

/** A null member is an absent one, as the service's JSON protocol has it. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
