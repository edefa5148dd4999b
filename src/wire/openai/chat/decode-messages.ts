// The conversation as the client sent it, in the turns of the house: same order, nothing merged.
import type { TextBlock } from '../../../canonical/content.ts';
import type { Turn } from '../../../canonical/request.ts';
import { invalidValue, notOneOf } from '../../refusals.ts';
import { decodeAssistant } from './decode-assistant.ts';
import { decodeTexts, decodeUserContent, requireContent } from './decode-content.ts';
import { decodeFunctionMessage, decodeToolMessage } from './decode-tool-message.ts';
import { FunctionCalls, type Reading } from './reading.ts';
import type { ChatMessage } from './schema-messages.ts';

const ROLES = ['system', 'developer', 'user', 'assistant', 'tool', 'function'] as const;

export interface Conversation {
  /** All system and developer messages that stand before the first other message. */
  system: TextBlock[];
  turns: Turn[];
}

/** @throws Refusal with the path of the message or part that cannot be taken */
export function decodeMessages(
  messages: readonly ChatMessage[],
  { cache, drop }: Pick<Reading, 'cache' | 'drop'>,
): Conversation {
  const system: TextBlock[] = [];
  const turns: Turn[] = [];
  const reading: Reading = { cache, drop, functionCalls: new FunctionCalls() };
  for (const [index, message] of messages.entries()) {
    const path = `messages[${index}]`;
    if (isInstruction(message)) {
      const content = decodeTexts(requireContent(message, path), `${path}.content`, {
        served: ['text'],
        reading,
      });
      if (turns.length > 0) turns.push({ role: 'system', content });
      else system.push(...content);
    } else turns.push(decodeTurn(message, path, reading));
  }
  if (turns.length === 0) throw invalidValue('messages', 'expected at least one user message');
  return { system, turns };
}

function isInstruction({ role }: ChatMessage): boolean {
  return role === 'system' || role === 'developer';
}

function decodeTurn(message: ChatMessage, path: string, reading: Reading): Turn {
  switch (message.role) {
    case 'user': {
      const content = requireContent(message, path);
      return { role: 'user', content: decodeUserContent(content, `${path}.content`, reading) };
    }
    case 'assistant':
      return { role: 'assistant', content: decodeAssistant(message, path, reading) };
    case 'tool':
      return { role: 'user', content: [decodeToolMessage(message, path, reading)] };
    case 'function':
      return { role: 'user', content: [decodeFunctionMessage(message, path, reading)] };
    default:
      throw notOneOf(`${path}.role`, message.role, ROLES);
  }
}
