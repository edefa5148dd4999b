// Pieces of an answer as Anthropic's content blocks.
import type { AnswerBlock, JsonObject } from '../../canonical/content.ts';
import { encodeCitation, type WireCitation } from './encode-citation.ts';

/** Who called a tool: here always the model itself, never a program in a container. */
const CALLER = { type: 'direct' } as const;

export type WireBlock =
  | { type: 'text'; text: string; citations: WireCitation[] | null }
  | { type: 'tool_use'; id: string; name: string; input: JsonObject; caller: typeof CALLER }
  | { type: 'thinking'; thinking: string; signature: string }
  | { type: 'redacted_thinking'; data: string };

export function encodeBlock(block: AnswerBlock): WireBlock {
  switch (block.kind) {
    case 'text':
      return { type: 'text', text: block.text, citations: encodeCitations(block.citations) };
    case 'tool-use':
      return { type: 'tool_use', id: block.id, name: block.name, input: block.input, caller: CALLER };
    case 'reasoning':
      // A model that does not sign: the API's type knows no absence.
      return { type: 'thinking', thinking: block.text, signature: block.signature ?? '' };
    case 'redacted-reasoning':
      return { type: 'redacted_thinking', data: block.base64 };
  }
}

function encodeCitations(citations: readonly JsonObject[] = []): WireCitation[] | null {
  const told = citations.map(encodeCitation).filter((citation) => citation !== null);
  return told.length === 0 ? null : told;
}

/** A block as a stream begins it: what comes in deltas is empty yet, a redacted one is whole. */
export function encodeEmptyBlock(block: AnswerBlock): object {
  return block.kind === 'text' ? { type: 'text', text: '' } : encodeBlock(block);
}
