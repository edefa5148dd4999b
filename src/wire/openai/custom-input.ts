// A custom tool takes free text; Bedrock's tools take JSON. So the text travels as the only member of an object, and
// comes out of it again in a whole answer. Pure.
import type { JsonObject } from '../../canonical/content.ts';

/** The one member of a wrapped tool's input. */
export const CUSTOM_INPUT = 'input';

/** The input schema of a custom tool. */
export const CUSTOM_INPUT_SCHEMA: JsonObject = {
  type: 'object',
  properties: { [CUSTOM_INPUT]: { type: 'string', description: 'The whole input of the tool, as text.' } },
  required: [CUSTOM_INPUT],
  additionalProperties: false,
};

export function wrapCustomInput(text: string): JsonObject {
  return { [CUSTOM_INPUT]: text };
}

/** What is not as the schema says comes out as the JSON that it is; no input at all is no text. */
export function unwrapCustomInput(input: JsonObject): string {
  const text = input[CUSTOM_INPUT];
  if (typeof text === 'string') return text;
  return Object.keys(input).length === 0 ? '' : JSON.stringify(input);
}
