// The conversation as the client sent it, in the turns of the house: same order, nothing merged.
import type { TextBlock } from '../../../canonical/content.ts';
import type { Turn } from '../../../canonical/request.ts';
import {
  invalidType,
  invalidValue,
  missingParameter,
  notOneOf,
  unsupportedValue,
  unsupportedWord,
} from '../../refusals.ts';
import { type ContentRules, decodeContent } from './decode-content.ts';
import type { ChatMessage } from './schema.ts';

const ROLES = ['system', 'developer', 'user', 'assistant'] as const;
const UNSERVED_ROLES: readonly string[] = ['tool', 'function'];

const INSTRUCTION_CONTENT: ContentRules = { served: ['text'], unserved: [] };
const USER_CONTENT: ContentRules = { served: ['text'], unserved: ['image_url', 'input_audio', 'file'] };
// A refusal is something the model said, so it goes back as text.
const ASSISTANT_CONTENT: ContentRules = { served: ['text', 'refusal'], unserved: [] };

export interface Conversation {
  /** All system and developer messages that stand before the first other message. */
  system: TextBlock[];
  turns: Turn[];
}

/** @throws Refusal with the path of the message or part that cannot be taken */
export function decodeMessages(messages: readonly ChatMessage[]): Conversation {
  const system: TextBlock[] = [];
  const turns: Turn[] = [];
  for (const [index, message] of messages.entries()) {
    const turn = decodeMessage(message, `messages[${index}]`);
    if (turn.role !== 'system' || turns.length > 0) turns.push(turn);
    else system.push(...turn.content);
  }
  if (turns.length === 0) throw invalidValue('messages', 'expected at least one user message');
  return { system, turns };
}

function decodeMessage(message: ChatMessage, path: string): Turn & { content: TextBlock[] } {
  const role = ROLES.find((each) => each === message.role);
  switch (role) {
    case 'system':
    case 'developer':
      return { role: 'system', content: requireContent(message, path, INSTRUCTION_CONTENT) };
    case 'user':
      return { role: 'user', content: requireContent(message, path, USER_CONTENT) };
    case 'assistant':
      return { role: 'assistant', content: decodeAssistantContent(message, path) };
    case undefined:
      if (UNSERVED_ROLES.includes(message.role)) throw unsupportedWord(`${path}.role`, message.role);
      throw notOneOf(`${path}.role`, message.role, ROLES);
  }
}

function requireContent({ content }: ChatMessage, path: string, rules: ContentRules): TextBlock[] {
  const contentPath = `${path}.content`;
  if (content === undefined) throw missingParameter(contentPath);
  if (content === null) throw invalidType(contentPath, 'one of a string or an array', 'null');
  return decodeContent(content, contentPath, rules);
}

/** SDK users send back the message object they got, in which a refusal stands beside a content of null. */
function decodeAssistantContent(message: ChatMessage, path: string): TextBlock[] {
  refuseUnservedMembers(message, path);
  const refusal = message.refusal ?? '';
  if (refusal === '') return requireContent(message, path, ASSISTANT_CONTENT);
  const said = message.content ?? '';
  const blocks = said === '' ? [] : decodeContent(said, `${path}.content`, ASSISTANT_CONTENT);
  return [...blocks, { kind: 'text', text: refusal }];
}

function refuseUnservedMembers(message: ChatMessage, path: string): void {
  const noTools = 'cannot be sent, because tools are not supported by this gateway';
  if ((message.tool_calls?.length ?? 0) > 0) throw unsupportedValue(`${path}.tool_calls`, noTools);
  if (isGiven(message.function_call)) throw unsupportedValue(`${path}.function_call`, noTools);
  if (isGiven(message.audio)) {
    throw unsupportedValue(`${path}.audio`, 'cannot be sent, because audio is not supported by this gateway');
  }
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
