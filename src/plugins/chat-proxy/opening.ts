// What a conversation began with, as a text that is the same in each of its requests. Pure.
import type { AnswerBlock, ContentBlock } from '../../canonical/content.ts';
import type { ChatRequest } from '../../canonical/request.ts';

export interface Opening {
  /** Instructions and first user turn; null: nobody has said anything yet. */
  opening: string | null;
  /** Null: not answered yet. */
  firstAnswer: string | null;
}

/**
 * The first answer belongs to it: without it, all who ask the same would be in one conversation.
 */
export function openingOf({ system, turns }: Pick<ChatRequest, 'system' | 'turns'>): Opening {
  const first = turns.findIndex(({ role }) => role === 'user');
  const asked = turns[first];
  if (asked === undefined) return { opening: null, firstAnswer: null };
  const answer = turns.slice(first + 1).find(({ role }) => role === 'assistant');
  return {
    opening: JSON.stringify([system.map(({ text }) => text), asked.content.map(sketch)]),
    firstAnswer: answer === undefined ? null : answerSketch(answer.content),
  };
}

/**
 * Clients trim what they send back, and leave out what the model thought; the ids of its tool calls they must keep.
 */
export function answerSketch(blocks: readonly (ContentBlock | AnswerBlock)[]): string {
  const text = blocks.map((block) => (block.kind === 'text' ? block.text : '')).join('');
  const calls = blocks.flatMap((block) => (block.kind === 'tool-use' ? [block.id] : []));
  return JSON.stringify([text.trim(), ...calls]);
}

/** Of bytes only how many there are. */
function sketch(block: ContentBlock): string {
  switch (block.kind) {
    case 'text':
    case 'reasoning':
      return block.text;
    case 'image':
      return block.source.kind === 'url' ? block.source.url : `image ${block.source.base64.length}`;
    case 'document':
      return `document ${block.name} ${block.base64.length}`;
    case 'search-result':
      return block.source;
    case 'tool-use':
      return block.id;
    case 'tool-result':
      return block.toolUseId;
    case 'redacted-reasoning':
      return '';
  }
}
