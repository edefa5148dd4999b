// Calls of tools and what the tools answered, as they come back with a conversation.
import type { JsonObject, ToolResultBlock, ToolUseBlock } from '../../../canonical/content.ts';
import { invalidType, missingParameter } from '../../refusals.ts';
import { wrapCustomInput } from '../custom-input.ts';
import { decodeParts, OUTPUT_PARTS } from './decode-content.ts';
import type { InputItem } from './schema.ts';

/** What stands for arguments that are no JSON object: an answer that was cut leaves such, and clients send it back. */
const RAW = '_raw';

/** @throws Refusal with the path of the member to blame */
export function decodeCall(item: InputItem, path: string, kind: 'function' | 'custom'): ToolUseBlock {
  const id = required(item.call_id, `${path}.call_id`);
  const name = required(item.name, `${path}.name`);
  if (kind === 'custom')
    return { kind: 'tool-use', id, name, input: wrapCustomInput(present(item.input, `${path}.input`)) };
  const args = item.arguments;
  if (args === undefined || args === null) throw missingParameter(`${path}.arguments`);
  if (typeof args !== 'string') throw invalidType(`${path}.arguments`, 'a string', `a JSON ${typeof args}`);
  return { kind: 'tool-use', id, name, input: parseArguments(args) };
}

/** @throws Refusal with the path of the member or part to blame */
export function decodeOutput(item: InputItem, path: string): ToolResultBlock {
  const toolUseId = required(item.call_id, `${path}.call_id`);
  const { output } = item;
  const at = `${path}.output`;
  if (output === undefined || output === null) throw missingParameter(at);
  if (typeof output !== 'string' && !Array.isArray(output))
    throw invalidType(at, 'one of a string or an array', 'an object');
  return {
    kind: 'tool-result',
    toolUseId,
    content: decodeParts(output, at, OUTPUT_PARTS),
    isError: null,
    path,
  };
}

function parseArguments(json: string): JsonObject {
  if (json.trim() === '') return {};
  try {
    const input: unknown = JSON.parse(json);
    // A parsed object has string keys and values we know nothing of.
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as JsonObject;
  } catch {
    // Not JSON: told below, like JSON that is no object.
  }
  return { [RAW]: json };
}

function required(value: string | null | undefined, path: string): string {
  if (value === undefined || value === null || value === '') throw missingParameter(path);
  return value;
}

function present(value: string | null | undefined, path: string): string {
  if (value === undefined || value === null) throw missingParameter(path);
  return value;
}
