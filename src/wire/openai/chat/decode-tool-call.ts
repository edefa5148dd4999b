// A tool call of an earlier answer, as the client sends it back.
import type { JsonObject, ToolUseBlock } from '../../../canonical/content.ts';
import { missingParameter, notOneOf } from '../../refusals.ts';
import { wrapCustomInput } from '../custom-input.ts';
import type { ToolCall } from './schema-messages.ts';

/** Where arguments stand that are no JSON object: the model sees what it wrote. */
const RAW = '_raw';

/**
 * @param path of the call
 * @throws Refusal with the path of what is missing
 */
export function decodeToolCall(call: ToolCall, path: string): ToolUseBlock {
  const { id, type } = call;
  switch (type ?? 'function') {
    case 'function': {
      if (call.function === undefined) throw missingParameter(`${path}.function`);
      const { name, arguments: text } = call.function;
      return { kind: 'tool-use', id, name, input: decodeInput(text ?? '') };
    }
    case 'custom': {
      if (call.custom === undefined) throw missingParameter(`${path}.custom`);
      const { name, input } = call.custom;
      return { kind: 'tool-use', id, name, input: wrapCustomInput(input) };
    }
    default:
      throw notOneOf(`${path}.type`, String(type), ['function', 'custom']);
  }
}

/** Models write broken JSON at times, and a conversation must be able to go on from there. */
export function decodeInput(text: string): JsonObject {
  if (text.trim() === '') return {};
  try {
    const input: unknown = JSON.parse(text);
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) {
      // A parsed object has string keys and values we know nothing of.
      return input as JsonObject;
    }
  } catch {
    // Not JSON: as it is, below.
  }
  return { [RAW]: text };
}
