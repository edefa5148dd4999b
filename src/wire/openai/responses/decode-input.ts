// The items of a conversation in the turns of the house: same order. Items that one answer consists of (thought, text,
// calls) become one turn of the assistant, as the model gave them; so do the outputs that follow each other.
import type { ContentBlock, TextBlock } from '../../../canonical/content.ts';
import type { Turn } from '../../../canonical/request.ts';
import {
  invalidValue,
  missingParameter,
  notOneOf,
  unsupportedValue,
  unsupportedWord,
} from '../../refusals.ts';
import { decodeCall, decodeOutput } from './decode-calls.ts';
import { decodeInstruction, decodeParts, decodeSaid, USER_PARTS } from './decode-content.ts';
import { openThought } from './encrypted-content.ts';
import type { InputItem } from './schema.ts';

const ITEM_TYPES = [
  'message',
  'function_call',
  'function_call_output',
  'custom_tool_call',
  'custom_tool_call_output',
  'reasoning',
] as const;

/** Of tools that OpenAI runs itself or has trained its models on, and of stored conversations. */
const UNSERVED_ITEMS: ReadonlySet<string> = new Set([
  ...['file_search_call', 'computer_call', 'computer_call_output', 'web_search_call', 'tool_search_call'],
  ...['tool_search_output', 'additional_tools', 'image_generation_call', 'code_interpreter_call'],
  ...['local_shell_call', 'local_shell_call_output', 'shell_call', 'shell_call_output', 'apply_patch_call'],
  ...['apply_patch_call_output', 'mcp_list_tools', 'mcp_approval_request', 'mcp_approval_response'],
  ...['mcp_call', 'program', 'program_output', 'compaction', 'compaction_trigger', 'configuration_update'],
]);

const ROLES = ['user', 'assistant', 'system', 'developer'] as const;

export interface Conversation {
  /** All system and developer messages that stand before the first other item. */
  system: TextBlock[];
  turns: Turn[];
  /** Names of what was left out; safe in a header. */
  dropped: string[];
}

/** @throws Refusal with the path of the item or part that cannot be taken */
export function decodeInput(input: string | readonly InputItem[]): Conversation {
  if (typeof input === 'string')
    return { system: [], turns: [{ role: 'user', content: [{ kind: 'text', text: input }] }], dropped: [] };
  const system: TextBlock[] = [];
  const turns: Turn[] = [];
  const dropped: string[] = [];
  /** What the last turn is made of, where the next item may belong to it. */
  let open: 'said' | 'outputs' | null = null;
  for (const [index, item] of input.entries()) {
    const part = decodeItem(item, `input[${index}]`);
    if (part === null) dropped.push('input.reasoning');
    else if (part.role === 'system' && turns.length === 0) system.push(...part.content);
    else {
      const last = turns.at(-1);
      if (last !== undefined && part.belongsTo !== null && part.belongsTo === open)
        last.content.push(...part.content);
      else turns.push({ role: part.role, content: [...part.content] });
      open = part.belongsTo;
    }
  }
  if (turns.length === 0) throw invalidValue('input', 'expected at least one user message');
  return { system, turns, dropped };
}

type ItemPart =
  | { role: 'system'; content: TextBlock[]; belongsTo: null }
  | { role: 'user' | 'assistant'; content: ContentBlock[]; belongsTo: 'said' | 'outputs' | null };

/** Null: a thought that cannot be given back. */
function decodeItem(item: InputItem, path: string): ItemPart | null {
  switch (typeOf(item, path)) {
    case 'message':
      return decodeMessage(item, path);
    case 'function_call':
      return { role: 'assistant', content: [decodeCall(item, path, 'function')], belongsTo: 'said' };
    case 'custom_tool_call':
      return { role: 'assistant', content: [decodeCall(item, path, 'custom')], belongsTo: 'said' };
    case 'function_call_output':
    case 'custom_tool_call_output':
      return { role: 'user', content: [decodeOutput(item, path)], belongsTo: 'outputs' };
    case 'reasoning': {
      // The summary alone is no thought: whoever wants the thought back asks for `reasoning.encrypted_content`.
      const thought = openThought(item.encrypted_content ?? '');
      return thought === null ? null : { role: 'assistant', content: [thought], belongsTo: 'said' };
    }
  }
}

function typeOf(item: InputItem, path: string): (typeof ITEM_TYPES)[number] {
  const { type, role, id } = item;
  if (type === undefined || type === null) {
    if (typeof role === 'string') return 'message';
    if (typeof id === 'string') throw noStore(`${path}.id`);
    throw missingParameter(`${path}.type`);
  }
  const known = ITEM_TYPES.find((each) => each === type);
  if (known !== undefined) return known;
  if (type === 'item_reference') throw noStore(`${path}.type`);
  if (UNSERVED_ITEMS.has(type)) throw unsupportedWord(`${path}.type`, type);
  throw notOneOf(`${path}.type`, type, ITEM_TYPES);
}

function noStore(path: string) {
  const what = 'refers to a stored item, and this gateway stores none: send the item itself (store: false)';
  return unsupportedValue(path, what);
}

function decodeMessage({ role, content }: InputItem, path: string): ItemPart {
  if (role === undefined || role === null) throw missingParameter(`${path}.role`);
  const at = `${path}.content`;
  if (content === undefined || content === null) throw missingParameter(at);
  const known = ROLES.find((each) => each === role);
  switch (known) {
    case 'system':
    case 'developer':
      return { role: 'system', content: decodeInstruction(content, at), belongsTo: null };
    case 'user':
      return { role: 'user', content: decodeParts(content, at, USER_PARTS), belongsTo: null };
    case 'assistant':
      return { role: 'assistant', content: decodeSaid(content, at), belongsTo: 'said' };
    case undefined:
      throw notOneOf(`${path}.role`, role, ROLES);
  }
}
