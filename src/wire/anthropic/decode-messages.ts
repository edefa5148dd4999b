// The conversation as the client sent it, in the turns of the house: same order, nothing merged.
import type { ContentBlock, TextBlock } from '../../canonical/content.ts';
import type { Turn } from '../../canonical/request.ts';
import { invalidValue, notOneOf, unsupportedWord } from '../refusals.ts';
import { decodeDocument, decodeImage, decodeSearchResult } from './decode-media.ts';
import { decodeText, decodeTexts, refuseCitations } from './decode-text.ts';
import { decodeToolResult, decodeToolUse } from './decode-tool-blocks.ts';
import { Fields } from './fields.ts';
import type { Notes } from './notes.ts';
import type { WireMessage } from './schema.ts';
import type { VersionRules } from './version.ts';

const ROLES: readonly Turn['role'][] = ['user', 'assistant', 'system'];

type Role = 'user' | 'assistant';
type Reader = (block: Fields, notes: Notes) => ContentBlock;

/** Converse takes pictures and documents of the user only, in every version of the API. */
const READERS: Readonly<Record<Role, ReadonlyMap<string, Reader>>> = {
  user: new Map<string, Reader>([
    ['text', decodeText],
    ['image', decodeImage],
    ['document', decodeDocument],
    ['search_result', decodeSearchResult],
    ['tool_result', decodeToolResult],
  ]),
  assistant: new Map<string, Reader>([
    ['text', decodeText],
    ['tool_use', decodeToolUse],
    ['thinking', decodeThinking],
    ['redacted_thinking', (block) => ({ kind: 'redacted-reasoning', base64: block.visibleText('data') })],
  ]),
};

/** What Anthropic's own servers did in an earlier turn: models on Bedrock cannot go on from it, and do without. */
const SERVER_BLOCKS: ReadonlySet<string> = new Set([
  'server_tool_use',
  'web_search_tool_result',
  'web_fetch_tool_result',
  'code_execution_tool_result',
  'bash_code_execution_tool_result',
  'text_editor_code_execution_tool_result',
  'tool_search_tool_result',
  'advisor_tool_result',
  'mcp_tool_use',
  'mcp_tool_result',
  'mcp_tool_listing',
  // Marks where another model took over.
  'fallback',
]);

export interface Conversation {
  /** Instructions at the head of the messages. */
  system: TextBlock[];
  turns: Turn[];
}

/** @throws Refusal with the path of the message or block that cannot be taken */
export function decodeMessages(
  messages: readonly WireMessage[],
  notes: Notes,
  rules: VersionRules,
): Conversation {
  const system: TextBlock[] = [];
  const turns: Turn[] = [];
  for (const [index, message] of messages.entries()) {
    const path = `messages.${index}`;
    const role = ROLES.find((each) => each === message.role);
    if (role === undefined) throw notOneOf(`${path}.role`, message.role, ROLES);
    const mayBeEmpty = role === 'assistant' && index === messages.length - 1;
    if (message.content.length === 0 && !mayBeEmpty) throw noContent(path);
    if (role !== 'system')
      turns.push({ role, content: decodeContent(message, { path, role, notes, rules }) });
    else {
      const texts = decodeTexts(message.content, `${path}.content`, notes);
      if (turns.length === 0) system.push(...texts);
      else turns.push({ role, content: texts });
    }
  }
  if (turns.length === 0) throw invalidValue('messages', 'expected at least one user message');
  return { system, turns };
}

function noContent(path: string) {
  return invalidValue(
    `${path}.content`,
    'all messages must have non-empty content except for the optional final assistant message',
  );
}

interface Place {
  path: string;
  role: Role;
  notes: Notes;
  rules: VersionRules;
}

function decodeContent({ content }: WireMessage, place: Place): ContentBlock[] {
  if (typeof content === 'string') return content === '' ? [] : [{ kind: 'text', text: content }];
  return content.flatMap((value, index) => decodeBlock(value, `${place.path}.content.${index}`, place));
}

function decodeBlock(value: unknown, path: string, { role, notes, rules }: Place): ContentBlock[] {
  const block = new Fields(value, path);
  const type = block.text('type');
  const read = READERS[role].get(type);
  if (read !== undefined) {
    if (rules.isStrict && role === 'user' && type === 'text') refuseCitations(block);
    return [read(block, notes)];
  }
  if (SERVER_BLOCKS.has(type)) {
    notes.drop(type);
    return [];
  }
  const isElsewhere = Object.values(READERS).some((readers) => readers.has(type));
  if (isElsewhere || type === 'container_upload') throw unsupportedWord(block.at('type'), type);
  throw notOneOf(block.at('type'), type, [...READERS[role].keys()]);
}

function decodeThinking(block: Fields): ContentBlock {
  // What came without a signature went out with an empty one.
  const signature = block.textOr('signature', '');
  return { kind: 'reasoning', text: block.text('thinking'), signature: signature === '' ? null : signature };
}
