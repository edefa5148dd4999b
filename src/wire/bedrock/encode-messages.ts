// Drafts -> Converse messages: the order within a message, what stands beside a document, how the last one ends.
import type { ContentBlock, TextBlock } from '../../canonical/content.ts';
import { Refusal } from '../../canonical/refusal.ts';
import type { ConverseContent, ConverseMessage } from './converse-body.ts';
import { createDocumentNames } from './document-names.ts';
import { encodeBlock } from './encode-content.ts';
import type { Encoding } from './encoding.ts';
import { type Draft, isThought } from './merge-turns.ts';
import type { ToolNames } from './tool-names.ts';

export interface MessageOptions {
  encoding: Encoding;
  toolNames: ToolNames;
  /** Instructions for a model that takes none apart; they stand before everything else. */
  instructions: readonly TextBlock[];
}

/** Converse wants text in every message that has a document. */
const SEE_DOCUMENT = 'See the attached document.';

/**
 * A trailing assistant turn is a prefill: it loses the white space at its end, which models refuse.
 *
 * @throws Refusal for what the model does not take, naming its path
 */
export function encodeMessages(drafts: readonly Draft[], options: MessageOptions): ConverseMessage[] {
  const { encoding, toolNames, instructions } = options;
  const documentNames = createDocumentNames();
  const messages = drafts.map(({ role, blocks }, index): ConverseMessage => {
    const count = { images: 0, documents: 0 };
    const ordered = index === 0 ? [...instructions, ...blocks] : orderBlocks(role, blocks);
    const content = ordered.flatMap((block) =>
      encodeBlock(block, { encoding, toolNames, documentNames, role, count }),
    );
    return { role, content: withText(content) };
  });
  endPrefill(messages, encoding);
  return messages;
}

/**
 * The tools that an assistant called come last, but where it thought again after a word, every block has its place:
 * a signed thought goes back where it was.
 */
function orderBlocks(role: Draft['role'], blocks: readonly ContentBlock[]): readonly ContentBlock[] {
  if (role !== 'assistant') return blocks;
  const firstWord = blocks.findIndex((block) => !isThought(block));
  const isInterleaved = blocks.slice(firstWord).some(isThought);
  const ordered = isInterleaved
    ? blocks
    : [
        ...blocks.filter(({ kind }) => kind !== 'tool-use'),
        ...blocks.filter(({ kind }) => kind === 'tool-use'),
      ];
  const lastWord = ordered.findLastIndex((block) => !isThought(block));
  return ordered.slice(0, lastWord + 1);
}

function withText(content: ConverseContent[]): ConverseContent[] {
  const isSilent = content.some((block) => 'document' in block) && !content.some((block) => 'text' in block);
  return isSilent ? [...content, { text: SEE_DOCUMENT }] : content;
}

function endPrefill(messages: ConverseMessage[], { capabilities }: Encoding): void {
  const last = messages.at(-1);
  if (last?.role !== 'assistant') return;
  if (capabilities.prefill === false) {
    const message =
      'This model does not go on from words of its own: the last message must not be an assistant message.';
    throw new Refusal('unsupported_value', message, { param: 'messages' });
  }
  const index = last.content.findLastIndex((block) => 'text' in block);
  const block = last.content[index];
  if (block !== undefined && 'text' in block) last.content[index] = { text: block.text.trimEnd() };
}
