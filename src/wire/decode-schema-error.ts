// Turns what Ajv found wrong with a body into the one refusal a caller can act on.
import type { Refusal } from '../canonical/refusal.ts';
import { invalidType, invalidValue, missingParameter } from './refusals.ts';

/** The part of Ajv's ErrorObject (also of Fastify's `error.validation`) that is read here. */
export interface SchemaError {
  keyword: string;
  /** JSON pointer into the body. */
  instancePath: string;
  params: Record<string, unknown>;
}

/** A place in the body: its OpenAI path (`messages[0].content`, empty for the body itself) and what stands there. */
interface Place {
  path: string;
  depth: number;
  value: unknown;
}

const MAX_NAME_CHARS = 64;
/** These only say that something below them failed. */
const WRAPPERS: ReadonlySet<string> = new Set(['anyOf', 'propertyNames']);

const TYPE_NAMES: Readonly<Record<string, string>> = {
  array: 'an array',
  boolean: 'a boolean',
  integer: 'an integer',
  number: 'a number',
  object: 'an object',
  string: 'a string',
};

/**
 * Ajv reports every branch of a union. The branch that went deepest is the one the caller meant; among equals a
 * broken bound says more than a wrong type, and wrong types are told together.
 *
 * @param body the body that was validated, to say what stands at the place
 */
export function decodeSchemaError(errors: readonly SchemaError[], body: unknown): Refusal {
  const found = errors
    .filter((error) => !WRAPPERS.has(error.keyword))
    .map((error) => ({ error, place: locate(error, body) }));
  const depth = Math.max(...found.map(({ place }) => place.depth));
  const deepest = found.filter(({ place }) => place.depth === depth);
  const chosen = deepest.find(({ error }) => error.keyword !== 'type') ?? deepest[0];
  if (chosen === undefined) return invalidType(null, 'a chat completion request', describe(body));
  const { error, place } = chosen;
  if (error.keyword === 'required') return missingParameter(place.path);
  if (error.keyword !== 'type') return invalidValue(place.path, describeBound(error, place.value));
  // JSON can write 1e400, which reads as Infinity: a number, but none that anybody can use.
  if (typeof place.value === 'number' && !Number.isFinite(place.value)) {
    return invalidValue(place.path, 'the number is out of range');
  }
  const expected = deepest.map((each) => TYPE_NAMES[String(each.error.params.type)]);
  return invalidType(place.path === '' ? null : place.path, listTypes(expected), describe(place.value));
}

function locate(error: SchemaError, body: unknown): Place {
  const names = error.instancePath.split('/').slice(1).map(unescapePointer);
  if (error.keyword === 'required') names.push(String(error.params.missingProperty));
  let path = '';
  let value = body;
  for (const name of names) {
    const shown = name.slice(0, MAX_NAME_CHARS);
    if (Array.isArray(value)) path += `[${shown}]`;
    else path += path === '' ? shown : `.${shown}`;
    value = member(value, name);
  }
  return { path, depth: names.length, value };
}

function unescapePointer(name: string): string {
  return name.replaceAll('~1', '/').replaceAll('~0', '~');
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.hasOwn(value, name) ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}

/** "a string", "one of a string or an array"; `null` (unnamed above) goes without saying. */
function listTypes(types: readonly (string | undefined)[]): string {
  const named = [...new Set(types.filter((type) => type !== undefined))];
  return named.length === 1 ? `${named[0]}` : `one of ${named.join(' or ')}`;
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a decimal number';
  return TYPE_NAMES[typeof value] ?? 'nothing';
}

function describeBound(error: SchemaError, value: unknown): string {
  const limit = String(error.params.limit);
  switch (error.keyword) {
    case 'minimum':
    case 'maximum':
      return `expected a value ${String(error.params.comparison)} ${limit}, but got ${String(value)} instead`;
    case 'minItems':
      return `expected an array of at least ${limit} element, but got an empty array instead`;
    case 'maxItems':
      return `expected an array of at most ${limit} elements`;
    case 'minLength':
      return 'expected a string that is not empty';
    case 'maxLength':
      // For an object the bound is on its keys (`propertyNames`).
      return `expected ${typeof value === 'object' ? 'keys' : 'a string'} of at most ${limit} characters`;
    case 'maxProperties':
      return `expected at most ${limit} members`;
    default:
      return 'the value is not allowed here';
  }
}
