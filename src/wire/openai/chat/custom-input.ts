// A custom tool takes free text; Bedrock's tools take JSON. So the text travels as the only member of an object, and
// comes out of it again, whole or as it is written. Pure.
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

const OPENING = /^\s*\{\s*"input"\s*:\s*"/;
/** Whole characters and escapes of a JSON string, as far as they go. */
const WHOLE = /^(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/;
const HALF_CHARACTER = /[\uD800-\uDBFF]$|\\u[dD][89abAB][0-9a-fA-F]{2}$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f]/g;

/** Unwraps while the JSON is being written, cut anywhere. */
export class CustomInputReader {
  /** JSON that has not come out as text yet. */
  #json = '';
  #isOpen = false;

  /** The text that this piece of JSON brings; may be empty. */
  push(json: string): string {
    this.#json += json;
    if (!this.#isOpen) {
      const opening = OPENING.exec(this.#json);
      if (opening === null) return '';
      this.#isOpen = true;
      this.#json = this.#json.slice(opening[0].length);
    }
    return this.#take();
  }

  /** Of JSON that is not as the schema says, all of it. */
  end(): string {
    if (this.#isOpen) return '';
    const input = parseObject(this.#json);
    return input === null ? this.#json : unwrapCustomInput(input);
  }

  #take(): string {
    let whole = WHOLE.exec(this.#json)?.[0] ?? '';
    // Half a character says nothing yet.
    const half = whole.length === this.#json.length ? HALF_CHARACTER.exec(whole) : null;
    if (half !== null) whole = whole.slice(0, half.index);
    this.#json = this.#json.slice(whole.length);
    // A model may have left line ends and the like as they are, which JSON does not allow.
    const valid = whole.replace(CONTROL, (character) => JSON.stringify(character).slice(1, -1));
    return valid === '' ? '' : String(JSON.parse(`"${valid}"`));
  }
}

function parseObject(json: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(json);
    // A parsed object has string keys and values we know nothing of.
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : null;
  } catch {
    return null;
  }
}
