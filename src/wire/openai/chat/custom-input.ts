// A custom tool takes free text; Bedrock's tools take JSON. So the text travels as the only member of an object, and
// comes out of it again in a whole answer. Pure.
import type { JsonObject } from '../../../canonical/content.ts';

const MEMBER = 'input';

/** The input schema of a custom tool. */
export const CUSTOM_INPUT_SCHEMA: JsonObject = {
  type: 'object',
  properties: { [MEMBER]: { type: 'string' } },
  required: [MEMBER],
  additionalProperties: false,
};

export function wrapCustomInput(text: string): JsonObject {
  return { [MEMBER]: text };
}

/** What is not as the schema says comes out as the JSON that it is. */
export function unwrapCustomInput(input: JsonObject): string {
  const text = input[MEMBER];
  return typeof text === 'string' ? text : JSON.stringify(input);
}
