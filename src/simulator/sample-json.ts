// The simplest value that fits a JSON schema, for answers that must. No validator: what it does not know, it ignores.
import { isObject, type JsonObject, listOf, textOf } from './json.ts';

/** Deeper than this only what is required is there: a schema may contain itself. */
const DEPTH_OF_ALL = 4;
/** A schema that requires itself has no finite value. */
const MAX_DEPTH = 40;

const FORMATS = new Map([
  ['date-time', '2026-01-02T03:04:05Z'],
  ['date', '2026-01-02'],
  ['time', '03:04:05Z'],
  ['email', 'someone@example.com'],
  ['uri', 'https://example.com/'],
  ['uuid', '00000000-0000-4000-8000-000000000000'],
]);

export function sampleOf(schema: unknown, root: unknown = schema, depth = 0): unknown {
  if (!isObject(schema) || depth > MAX_DEPTH) return {};
  if (schema.const !== undefined) return schema.const;
  const [first] = listOf(schema.enum);
  if (first !== undefined) return first;
  if (typeof schema.$ref === 'string') return sampleOf(resolve(schema.$ref, root), root, depth + 1);
  const [choice] = [...listOf(schema.anyOf), ...listOf(schema.oneOf)];
  if (choice !== undefined) return sampleOf(choice, root, depth + 1);
  const parts = listOf(schema.allOf).filter(isObject);
  return sampleOfType(parts.length > 0 ? Object.assign({}, schema, ...parts) : schema, root, depth);
}

function sampleOfType(schema: JsonObject, root: unknown, depth: number): unknown {
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type ?? (schema.items === undefined ? 'object' : 'array')) {
    case 'string':
      return (FORMATS.get(textOf(schema.format)) ?? 'example').padEnd(numberOf(schema.minLength), '.');
    case 'integer':
    case 'number':
      return (
        numberOf(schema.minimum ?? schema.exclusiveMinimum ?? 0) + (schema.minimum === undefined ? 1 : 0)
      );
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'array': {
      const count = Math.max(numberOf(schema.minItems), depth < DEPTH_OF_ALL ? 1 : 0);
      return Array.from({ length: count }, () => sampleOf(schema.items, root, depth + 1));
    }
    default:
      return sampleOfObject(schema, root, depth);
  }
}

function sampleOfObject(schema: JsonObject, root: unknown, depth: number): JsonObject {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = listOf(schema.required);
  const names = Object.keys(properties).filter((name) => depth < DEPTH_OF_ALL || required.includes(name));
  return Object.fromEntries(names.map((name) => [name, sampleOf(properties[name], root, depth + 1)]));
}

/** A pointer into the schema itself, `#/$defs/…`. */
function resolve(reference: string, root: unknown): unknown {
  let found = root;
  for (const step of reference.split('/').slice(1)) {
    const name = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
    found = isObject(found) ? found[name] : undefined;
  }
  return found;
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
