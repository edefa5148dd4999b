// What a tool answered: messages of the roles `tool` and, older, `function`.
import type { ToolResultBlock } from '../../../canonical/content.ts';
import { invalidValue, missingParameter } from '../../refusals.ts';
import { decodeTexts, requireContent } from './decode-content.ts';
import type { Reading } from './reading.ts';
import type { ChatMessage } from './schema-messages.ts';

/** @throws Refusal with the path of what is missing or cannot be taken */
export function decodeToolMessage(message: ChatMessage, path: string, reading: Reading): ToolResultBlock {
  const id = message.tool_call_id ?? '';
  if (id === '') throw missingParameter(`${path}.tool_call_id`);
  return decodeResult(path, { id, content: requireContent(message, path), reading });
}

/** @throws Refusal also where no assistant message before it called the function */
export function decodeFunctionMessage(message: ChatMessage, path: string, reading: Reading): ToolResultBlock {
  const name = message.name ?? '';
  if (name === '') throw missingParameter(`${path}.name`);
  const id = reading.functionCalls.answered(name);
  if (id === undefined) throw invalidValue(`${path}.name`, 'no assistant message before it has such a call');
  return decodeResult(path, { id, content: message.content ?? '', reading });
}

function decodeResult(
  path: string,
  { id, content, reading }: { id: string; content: Parameters<typeof decodeTexts>[0]; reading: Reading },
): ToolResultBlock {
  const texts = content === '' ? [] : decodeTexts(content, `${path}.content`, { served: ['text'], reading });
  // A cached prefix can end behind a result, not inside it.
  const cacheAfter = texts.findLast((text) => text.cacheAfter !== undefined)?.cacheAfter;
  return {
    kind: 'tool-result',
    toolUseId: id,
    content: texts.map(({ kind, text }) => ({ kind, text })),
    isError: null,
    path,
    ...(cacheAfter !== undefined && { cacheAfter }),
  };
}
