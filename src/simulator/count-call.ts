// CountTokens: what Converse or InvokeModel would count as input, without an answer.
import type { Call } from './call.ts';
import { readConverse } from './converse.ts';
import { invalid } from './errors.ts';
import { readInvoke } from './invoke.ts';
import { isObject, type JsonObject } from './json.ts';
import type { Operation } from './operation.ts';

/** Bedrock Runtime service model, ConverseTokensRequest. */
const CONVERSE_MEMBERS: ReadonlySet<string> = new Set([
  ...['messages', 'system', 'toolConfig', 'additionalModelRequestFields'],
]);
/** The service counts for Claude, and only by the name of the foundation model. */
const COUNTED = /^anthropic\./;

/** Throws ValidationException for a model it does not count for, or a body it does not take. */
export function readCountTokens(body: unknown, operation: Operation, modelId: string): Call {
  if (!COUNTED.test(modelId)) throw invalid("The provided model doesn't support counting tokens.");
  const input = isObject(body) ? body.input : undefined;
  if (!isObject(input) || Object.keys(input).length !== 1)
    throw invalid('input: exactly one member is required.');
  const { converse, invokeModel } = input;
  if (isObject(converse)) return readConverse(onlyCounted(converse), operation, modelId);
  if (!isObject(invokeModel) || typeof invokeModel.body !== 'string') throw invalid('input: unknown member.');
  return readInvoke(JSON.parse(Buffer.from(invokeModel.body, 'base64').toString()), operation, modelId);
}

function onlyCounted(converse: JsonObject): JsonObject {
  const extra = Object.keys(converse).find((member) => !CONVERSE_MEMBERS.has(member));
  if (extra === undefined) return converse;
  throw invalid(`Malformed input request: extraneous key [input.converse.${extra}] is not permitted.`);
}
