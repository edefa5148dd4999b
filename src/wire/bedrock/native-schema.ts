// A JSON Schema within the subset that Bedrock compiles to a grammar: closed objects, no recursion, no bounds.
// https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html
import type { JsonObject } from '../../canonical/content.ts';

/** Said in the description instead, where the model can read them. */
const BOUNDS: ReadonlySet<string> = new Set([
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  ...['minLength', 'maxLength', 'minItems', 'maxItems', 'uniqueItems', 'minProperties', 'maxProperties'],
]);
/** Keywords whose value is a schema, a list of them, or a map to them. */
const NESTED: ReadonlySet<string> = new Set([
  'items',
  'additionalItems',
  'contains',
  'not',
  'if',
  'then',
  'else',
]);
const LISTED: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);
const NAMED: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions', 'patternProperties']);
/** Deeper ones are not worth a grammar. */
const MAX_DEPTH = 32;

/** Thrown and caught here alone. */
class NotNative extends Error {}

/** Undefined: it cannot be said within the subset. */
export function toNativeSchema(schema: JsonObject): JsonObject | undefined {
  try {
    refuseRecursion(schema);
    return close(schema, 0);
  } catch (error) {
    if (error instanceof NotNative) return undefined;
    throw error;
  }
}

function close(node: unknown, depth: number): JsonObject {
  if (depth > MAX_DEPTH || !isObject(node)) throw new NotNative();
  const closed: Record<string, unknown> = {};
  const bounds: string[] = [];
  for (const [word, value] of Object.entries(node)) {
    if (word === '$schema') continue;
    if (BOUNDS.has(word) && !(word === 'minItems' && (value === 0 || value === 1))) {
      bounds.push(`${word}: ${JSON.stringify(value)}`);
    } else closed[word] = closeValue(word, value, depth + 1);
  }
  if (isObjectNode(node)) {
    if (isOpen(node)) throw new NotNative();
    closed.additionalProperties = false;
  }
  if (bounds.length === 0) return closed;
  const said = typeof node.description === 'string' ? `${node.description} ` : '';
  return { ...closed, description: `${said}(${bounds.join(', ')})` };
}

function isObjectNode({ type, properties }: JsonObject): boolean {
  return type === 'object' || (Array.isArray(type) && type.includes('object')) || isObject(properties);
}

/** Closed, an object of any members could only be `{}`. */
function isOpen({ properties, additionalProperties }: JsonObject): boolean {
  if (additionalProperties !== undefined) return additionalProperties !== false;
  return !isObject(properties) || Object.keys(properties).length === 0;
}

function closeValue(word: string, value: unknown, depth: number): unknown {
  if (LISTED.has(word) && Array.isArray(value)) return value.map((each) => close(each, depth));
  if (NESTED.has(word) && isObject(value)) return close(value, depth);
  if (NAMED.has(word) && isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, close(each, depth)]));
  }
  return value;
}

/** Follows every `$ref` into the schema's own definitions. */
function refuseRecursion(root: JsonObject): void {
  const open = new Set<string>();
  const done = new Set<string>();
  function follow(node: unknown, depth: number): void {
    if (depth > MAX_DEPTH * 2) throw new NotNative();
    if (Array.isArray(node)) for (const each of node) follow(each, depth + 1);
    if (!isObject(node)) return;
    for (const [word, value] of Object.entries(node)) {
      if (word === '$ref' && typeof value === 'string') enter(value);
      else if (word !== '$defs' && word !== 'definitions') follow(value, depth + 1);
    }
  }
  function enter(ref: string): void {
    if (open.has(ref)) throw new NotNative();
    if (done.has(ref)) return;
    const [, table, name] = /^#\/(\$defs|definitions)\/([^/]+)$/.exec(ref) ?? [];
    const definitions = table === undefined ? undefined : root[table];
    if (name === undefined || !isObject(definitions)) throw new NotNative();
    open.add(ref);
    follow(definitions[name], 0);
    open.delete(ref);
    done.add(ref);
  }
  follow(root, 0);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
