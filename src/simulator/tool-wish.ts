// Which of the offered tools the caller's words ask for, so that a loop of tools can be tried by hand: "use the search
// tool", "call get_weather with {"city":"Oslo"}", "请调用 search".
import type { OfferedTool } from './call.ts';
import { isObject, type JsonObject } from './json.ts';

const ASKS = /\b(?:use|call|run|invoke)\b|使用|调用|运行/i;
const LOOK_AT_CHARACTERS = 2_000;

export interface WantedTool {
  tool: OfferedTool;
  /** What the caller says it should be called with; null: nothing. */
  input: JsonObject | null;
}

/** In the order in which they are named; several are called at once. */
export function wantedTools(text: string, offered: readonly OfferedTool[]): WantedTool[] {
  const words = text.slice(0, LOOK_AT_CHARACTERS);
  if (offered.length === 0 || !ASKS.test(words)) return [];
  return offered
    .map((tool) => ({ tool, at: placeOf(tool.name, words) }))
    .filter(({ at }) => at >= 0)
    .sort((one, other) => one.at - other.at)
    .map(({ tool, at }) => ({ tool, input: inputAfter(words.slice(at + tool.name.length)) }));
}

/** Where the name stands as a word of its own; -1: nowhere. */
function placeOf(name: string, text: string): number {
  for (let at = text.indexOf(name); at >= 0 && name !== ''; at = text.indexOf(name, at + 1)) {
    const around = text.slice(Math.max(0, at - 1), at) + text.slice(at + name.length, at + name.length + 1);
    if (!/[\w-]/.test(around)) return at;
  }
  return -1;
}

/** `with {…}` right behind the name. */
function inputAfter(text: string): JsonObject | null {
  const [, json] = /^\W{0,3}(?:tool\s*)?(?:with|参数)?\s*(\{[\s\S]*)/.exec(text) ?? [];
  if (json === undefined) return null;
  for (let end = json.indexOf('}'); end >= 0; end = json.indexOf('}', end + 1)) {
    try {
      const input: unknown = JSON.parse(json.slice(0, end + 1));
      return isObject(input) ? input : null;
    } catch {
      // It may end at a later brace.
    }
  }
  return null;
}
