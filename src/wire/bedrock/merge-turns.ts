// Turns -> drafts of messages, in the client's order and still in the house's words: neighbours of one role are one,
// nothing blank is left, the user begins. Bedrock refuses a conversation that is otherwise.
import type {
  ContentBlock,
  ReasoningBlock,
  RedactedReasoningBlock,
  TextBlock,
} from '../../canonical/content.ts';
import { Refusal } from '../../canonical/refusal.ts';
import type { Turn } from '../../canonical/request.ts';
import { isVisible } from './encoding.ts';

export interface Draft {
  role: Turn['role'];
  blocks: ContentBlock[];
}

export interface MergeRules {
  /** The model takes `role: system` in the middle; else such an instruction is a user's block in its place. */
  keepsSystemRole: boolean;
  /** The model takes back what it thought, where it is signed. */
  keepsReasoning: boolean;
  /** It takes back what it thought and did not show. */
  keepsRedacted: boolean;
}

/** Stands before a conversation that the assistant opens. */
const OPENING = '(start of conversation)';
/** Stands for a user turn that says nothing but separates two turns of the assistant or ends the chat. */
const EMPTY = '(empty)';

/** @throws Refusal `invalid_value` on `messages` if no turn says anything */
export function mergeTurns(turns: readonly Turn[], rules: MergeRules): Draft[] {
  const drafts: Draft[] = [];
  for (const turn of turns) {
    const blocks = cleanBlocks(turn, rules);
    // A blank user turn still separates its neighbours; a blank instruction or answer is nothing.
    if (turn.role !== 'user' && !saysSomething(blocks)) continue;
    const role = placedRole(turn.role, blocks, { drafts, rules });
    const last = drafts.at(-1);
    if (last?.role === role) last.blocks.push(...blocks);
    else drafts.push({ role, blocks });
  }
  if (!drafts.some(({ blocks }) => saysSomething(blocks))) {
    const message = 'At least one message must have content that is not blank.';
    throw new Refusal('invalid_value', message, { param: 'messages' });
  }
  const placed = placeInstructions(drafts);
  if (placed[0]?.role !== 'user') placed.unshift({ role: 'user', blocks: [text(OPENING)] });
  return placed.map(({ role, blocks }) => ({ role, blocks: blocks.length > 0 ? blocks : [text(EMPTY)] }));
}

/** Without blank text and thoughts that cannot go back. A cache mark on what is left out passes to the block before. */
function cleanBlocks({ role, content }: Turn, rules: MergeRules): ContentBlock[] {
  const kept: ContentBlock[] = [];
  for (const block of content) {
    if (isKept(block, role, rules)) kept.push(block);
    else if (block.kind === 'text' && block.cacheAfter !== undefined) markLast(kept, block.cacheAfter);
  }
  return kept;
}

function isKept(block: ContentBlock, role: Turn['role'], rules: MergeRules): boolean {
  switch (block.kind) {
    case 'text':
      return isVisible(block.text);
    case 'reasoning':
      return (
        role === 'assistant' && rules.keepsReasoning && block.signature !== null && block.signature !== ''
      );
    case 'redacted-reasoning':
      return role === 'assistant' && rules.keepsRedacted && block.base64 !== '';
    default:
      return true;
  }
}

function markLast(blocks: ContentBlock[], cacheAfter: '5m' | '1h'): void {
  const last = blocks.at(-1);
  if (last === undefined || isThought(last)) return;
  blocks[blocks.length - 1] = { ...last, cacheAfter };
}

/** Thoughts alone are not an answer. */
function saysSomething(blocks: readonly ContentBlock[]): boolean {
  return blocks.some((block) => !isThought(block));
}

export function isThought(block: ContentBlock): block is ReasoningBlock | RedactedReasoningBlock {
  return block.kind === 'reasoning' || block.kind === 'redacted-reasoning';
}

/** An instruction may only be text, and may not stand between a tool call and its result. */
function placedRole(
  role: Turn['role'],
  blocks: readonly ContentBlock[],
  { drafts, rules }: { drafts: readonly Draft[]; rules: MergeRules },
): Turn['role'] {
  if (role !== 'system') return role;
  const mayStay =
    rules.keepsSystemRole && blocks.every((block) => block.kind === 'text') && !awaitsResults(drafts);
  return mayStay ? 'system' : 'user';
}

function awaitsResults(drafts: readonly Draft[]): boolean {
  const call = drafts.findLastIndex(({ role }) => role === 'assistant');
  const uses = drafts[call]?.blocks.filter(({ kind }) => kind === 'tool-use').length ?? 0;
  const after = drafts.slice(call + 1).flatMap(({ blocks }) => blocks);
  return after.filter(({ kind }) => kind === 'tool-result').length < uses;
}

/**
 * An instruction may only stand after a user's turn, and before an answer or at the end; elsewhere it is what the user
 * says, and joins the user's turns beside it.
 */
function placeInstructions(drafts: readonly Draft[]): Draft[] {
  const placed: Draft[] = [];
  for (const [index, { role, blocks }] of drafts.entries()) {
    const last = placed.at(-1);
    const mayStay = last?.role === 'user' && drafts[index + 1]?.role !== 'user';
    const final = role === 'system' && !mayStay ? 'user' : role;
    if (last?.role === final) last.blocks.push(...blocks);
    else placed.push({ role: final, blocks: [...blocks] });
  }
  return placed;
}

function text(words: string): TextBlock {
  return { kind: 'text', text: words };
}
