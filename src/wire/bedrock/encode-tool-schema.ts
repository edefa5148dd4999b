// The schema of a tool's input as Converse takes it: always an object's.
import type { JsonObject } from '../../canonical/content.ts';
import { Refusal } from '../../canonical/refusal.ts';

/** Claude refuses these at the top. */
const COMBINERS = ['anyOf', 'oneOf', 'allOf'];

/** @throws Refusal for a schema that is certainly not an object's, naming it in OpenAI's words */
export function encodeToolSchema(
  schema: JsonObject,
  { index, isClaude }: { index: number; isClaude: boolean },
): JsonObject {
  const param = `tools[${index}].function.parameters`;
  const { $schema, type, ...rest } = schema;
  const combiner = isClaude ? COMBINERS.find((word) => Object.hasOwn(schema, word)) : undefined;
  if (combiner !== undefined) {
    const message = `Invalid '${param}': this model takes no '${combiner}' at the top of a schema.`;
    throw new Refusal('invalid_value', message, { param });
  }
  if (!isObjectType(type)) {
    const message = `Invalid '${param}': schema must be a JSON Schema of 'type: "object"'.`;
    throw new Refusal('invalid_value', message, { param });
  }
  return {
    ...(isClaude && $schema !== undefined && { $schema }),
    type: 'object',
    ...(Object.keys(rest).length === 0 && { properties: {} }),
    ...rest,
  };
}

/** Whether a tool's input can be what the schema says. */
export function isObjectSchema({ type, ...rest }: JsonObject): boolean {
  return isObjectType(type) && !COMBINERS.some((word) => Object.hasOwn(rest, word));
}

/** A list of types may allow an object. */
function isObjectType(type: unknown): boolean {
  return (
    type === undefined ||
    type === null ||
    type === 'object' ||
    (Array.isArray(type) && type.includes('object'))
  );
}
