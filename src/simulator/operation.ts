// The operations served, and the path that asks for each.
import { invalid } from './errors.ts';

export type Operation =
  | 'Converse'
  | 'ConverseStream'
  | 'CountTokens'
  | 'InvokeModel'
  | 'InvokeModelWithResponseStream';

const BY_LAST_SEGMENT = new Map<string, Operation>([
  ['converse', 'Converse'],
  ['converse-stream', 'ConverseStream'],
  ['count-tokens', 'CountTokens'],
  ['invoke', 'InvokeModel'],
  ['invoke-with-response-stream', 'InvokeModelWithResponseStream'],
]);

const PREFIX = '/model/';

export interface Route {
  operation: Operation;
  /** Still percent-encoded: an ARN holds `/`, so a route is found before the id is decoded. */
  encodedModelId: string;
}

/** The route of `/model/{id}/{operation}`, or null. */
export function findRoute(url: string): Route | null {
  if (!url.startsWith(PREFIX)) return null;
  const slash = url.indexOf('/', PREFIX.length);
  if (slash <= PREFIX.length) return null;
  const query = url.indexOf('?', slash);
  const operation = BY_LAST_SEGMENT.get(url.slice(slash + 1, query < 0 ? undefined : query));
  return operation === undefined ? null : { operation, encodedModelId: url.slice(PREFIX.length, slash) };
}

export function isOperation(value: unknown): value is Operation {
  return [...BY_LAST_SEGMENT.values()].some((operation) => operation === value);
}

export function isStream(operation: Operation): boolean {
  return operation === 'ConverseStream' || operation === 'InvokeModelWithResponseStream';
}

// A foundation model or inference profile: `anthropic.claude-sonnet-5-5`, `us.amazon.nova-pro-v1:0`.
const MODEL_ID = /^(?:[a-z]{2,6}(?:-[a-z]{2,4})?\.)?[a-z0-9-]{1,63}\.[a-zA-Z0-9][a-zA-Z0-9._:-]{0,127}$/;
const MODEL_ARN =
  /^arn:aws[a-z-]*:(?:bedrock:[a-z0-9-]{1,20}:(?:\d{12})?:(?:foundation-model|inference-profile|application-inference-profile|provisioned-model|custom-model|custom-model-deployment|imported-model|default-prompt-router|prompt-router|prompt)|sagemaker:[a-z0-9-]{1,20}:\d{12}:endpoint)\/[a-zA-Z0-9._:/-]{1,1900}$/;

/** Decodes the id of a path. Throws ValidationException when no model could be called so. */
export function decodeModelId(encoded: string): string {
  let id: string;
  try {
    id = decodeURIComponent(encoded);
  } catch {
    throw invalid('The provided model identifier is invalid.');
  }
  if (id.length > 2048 || !(MODEL_ID.test(id) || MODEL_ARN.test(id))) {
    throw invalid('The provided model identifier is invalid.');
  }
  return id;
}
