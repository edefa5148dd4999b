// What a tool answered: messages of the roles `tool` and, older, `function`.
import type { ToolResultBlock } from '../../../canonical/content.ts';
import { invalidValue, missingParameter } from '../../refusals.ts';
import { decodeTexts, requireContent } from './decode-content.ts';
import type { Reading } from './decode-messages.ts';
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
  const texts =
    content === '' ? [] : decodeTexts(content, `${path}.content`, { served: ['text'], cache: reading.cache });
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

/** Ids for calls that have none, each for one result of the same name. */
export class FunctionCalls {
  #count = 0;
  readonly #open: { name: string; id: string }[] = [];

  made(name: string): string {
    this.#count += 1;
    const id = `call_function_${this.#count}`;
    this.#open.push({ name, id });
    return id;
  }

  /** Undefined: no call of that name waits for a result. */
  answered(name: string): string | undefined {
    const at = this.#open.findIndex((call) => call.name === name);
    return at === -1 ? undefined : this.#open.splice(at, 1)[0]?.id;
  }
}
