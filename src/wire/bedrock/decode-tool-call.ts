// Which tool the model asked for, in the client's words.
import { asRecord, asText } from './json.ts';
import type { Reading } from './reading.ts';

/**
 * - `call`: the client is to run it
 * - `answer`: its input is the answer's text
 * - `skipped`: run by the upstream itself, or without a name that could be run
 */
export type ToolCall = { kind: 'call'; id: string; name: string } | { kind: 'answer' } | { kind: 'skipped' };

/**
 * From `toolUse` of a whole answer or of a block's start. `place` makes an id where the upstream forgot it.
 *
 * gpt-oss lets its channel mark trail the name (`search<|channel|>commentary`); no name may hold a `<`.
 */
export function decodeToolCall(value: unknown, reading: Reading, place: number): ToolCall {
  const toolUse = asRecord(value);
  const name = asText(toolUse?.name)?.split('<', 1)[0]?.trim() ?? '';
  if (name === '' || toolUse?.type === 'server_tool_use') return { kind: 'skipped' };
  if (name === reading.answerTool) return { kind: 'answer' };
  const id = asText(toolUse?.toolUseId) || `tooluse_${place}`;
  return { kind: 'call', id: reading.toolIds.get(id) ?? id, name: reading.toolNames.get(name) ?? name };
}
