// The items that an answer consists of: each block of the house is one. Ids come from the exchange and the block's
// number, so that a streamed answer and the same one given whole have the same.
import type { AnswerBlock } from '../../../canonical/content.ts';
import { unwrapCustomInput } from '../custom-input.ts';
import { sealThought, type Thought } from './encrypted-content.ts';

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

export interface OutputText {
  type: 'output_text';
  text: string;
  annotations: [];
  logprobs: [];
}

export interface MessageItem {
  id: string;
  type: 'message';
  status: ItemStatus;
  role: 'assistant';
  content: OutputText[];
}

export interface SummaryText {
  type: 'summary_text';
  text: string;
}

export interface ReasoningItem {
  id: string;
  type: 'reasoning';
  status: ItemStatus;
  /** What the model thought, as far as it may be read; empty where it may not. */
  summary: SummaryText[];
  /** Only where the client asked for it; see `encrypted-content.ts`. */
  encrypted_content?: string;
}

export interface FunctionCallItem {
  id: string;
  type: 'function_call';
  status: ItemStatus;
  call_id: string;
  name: string;
  /** JSON. */
  arguments: string;
}

export interface CustomToolCallItem {
  id: string;
  type: 'custom_tool_call';
  status: ItemStatus;
  call_id: string;
  name: string;
  input: string;
}

export type OutputItem = MessageItem | ReasoningItem | FunctionCallItem | CustomToolCallItem;

/** What the client asked of the items. */
export interface ItemRules {
  /** Tools whose calls are custom tool calls. */
  customNames: ReadonlySet<string>;
  includesThoughts: boolean;
}

const PREFIXES = { message: 'msg', reasoning: 'rs', function_call: 'fc', custom_tool_call: 'ctc' } as const;

/** @param block the number of the item's block, from 0 */
export function itemId(type: OutputItem['type'], exchangeId: string, block: number): string {
  return `${PREFIXES[type]}_${exchangeId}_${block}`;
}

export function outputText(text: string): OutputText {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}

export function reasoningItem(
  id: string,
  status: ItemStatus,
  thought: Thought,
  { includesThoughts }: Pick<ItemRules, 'includesThoughts'>,
): ReasoningItem {
  const text = thought.kind === 'reasoning' ? thought.text : '';
  return {
    id,
    type: 'reasoning',
    status,
    summary: text === '' ? [] : [{ type: 'summary_text', text }],
    ...(includesThoughts && { encrypted_content: sealThought(thought) }),
  };
}

export interface NumberedBlock {
  block: AnswerBlock;
  /** From 0. */
  number: number;
  exchangeId: string;
  status: ItemStatus;
}

export function encodeItem(
  { block, number, exchangeId, status }: NumberedBlock,
  rules: ItemRules,
): OutputItem {
  switch (block.kind) {
    case 'text': {
      const id = itemId('message', exchangeId, number);
      return { id, type: 'message', status, role: 'assistant', content: [outputText(block.text)] };
    }
    case 'reasoning':
    case 'redacted-reasoning':
      return reasoningItem(itemId('reasoning', exchangeId, number), status, block, rules);
    case 'tool-use': {
      const type = rules.customNames.has(block.name) ? 'custom_tool_call' : 'function_call';
      const call = { id: itemId(type, exchangeId, number), status, call_id: block.id, name: block.name };
      return type === 'custom_tool_call'
        ? { ...call, type, input: unwrapCustomInput(block.input) }
        : { ...call, type, arguments: JSON.stringify(block.input) };
    }
  }
}
