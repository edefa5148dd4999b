// Turns -> Converse messages, in the client's order. Bedrock refuses blank text, empty messages, two turns
// of one role in a row and a conversation that does not begin with the user.
import { Refusal } from '../../canonical/refusal.ts';
import type { Turn } from '../../canonical/request.ts';
import type { ConverseMessage } from './converse-body.ts';

/** Stands before a conversation that the assistant opens. */
const OPENING = '(start of conversation)';
/** Stands for a user turn that says nothing but separates two turns of the assistant or ends the chat. */
const EMPTY = '(empty)';

type Draft = { role: ConverseMessage['role']; texts: string[] };

/**
 * An instruction in the middle becomes a user block in its place; a trailing assistant turn is a prefill and
 * loses its trailing white space, which models refuse.
 *
 * @throws Refusal `invalid_value` on `messages` if no turn says anything
 */
export function encodeMessages(turns: readonly Turn[]): ConverseMessage[] {
  const drafts = merge(turns.map(toDraft).filter(isKept));
  if (!drafts.some((draft) => draft.texts.some(isVisible))) {
    throw new Refusal('invalid_value', 'At least one message must contain text.', { param: 'messages' });
  }
  if (drafts[0]?.role === 'assistant') drafts.unshift({ role: 'user', texts: [OPENING] });
  const messages = drafts.map(toMessage);
  stripPrefill(messages.at(-1));
  return messages;
}

export function isVisible(text: string): boolean {
  return text.trim() !== '';
}

function toDraft(turn: Turn): Draft & { source: Turn['role'] } {
  return {
    source: turn.role,
    role: turn.role === 'assistant' ? 'assistant' : 'user',
    texts: turn.content.flatMap((block) => (block.kind === 'text' ? [block.text] : [])),
  };
}

/** A blank user turn still separates its neighbours; a blank instruction or answer is nothing. */
function isKept(draft: Draft & { source: Turn['role'] }): boolean {
  return draft.source === 'user' || draft.texts.some(isVisible);
}

function merge(drafts: readonly Draft[]): Draft[] {
  const merged: Draft[] = [];
  for (const { role, texts } of drafts) {
    const last = merged.at(-1);
    if (last?.role === role) last.texts.push(...texts);
    else merged.push({ role, texts: [...texts] });
  }
  return merged;
}

function toMessage({ role, texts }: Draft): ConverseMessage {
  const visible = texts.filter(isVisible);
  return { role, content: (visible.length > 0 ? visible : [EMPTY]).map((text) => ({ text })) };
}

function stripPrefill(message: ConverseMessage | undefined): void {
  const block = message?.role === 'assistant' ? message.content.at(-1) : undefined;
  if (block !== undefined && 'text' in block) block.text = block.text.trimEnd();
}
