// What the client and the model said, in the words of the record. Pure.
import type { AnswerBlock } from '../../canonical/content.ts';
import type { ChatRequest } from '../../canonical/request.ts';
import type { KeyPrincipal } from '../auth/index.ts';
import { recordMessages } from './cut-media.ts';

/** Nothing of it is even made where a key's texts are not kept. */
export function wordsOf(
  request: ChatRequest,
  messages: readonly object[],
  logging: KeyPrincipal['logging'],
): { prompt: string; wholePrompt: string | null } {
  if (logging !== 'full') return { prompt: '', wholePrompt: null };
  return { prompt: lastUserText(request), wholePrompt: wholePrompt(messages) };
}

/**
 * The last user turn that says something: where an agent hands in what its tools found, that is still what somebody
 * asked for.
 */
function lastUserText({ turns }: ChatRequest): string {
  for (let index = turns.length - 1; index >= 0; index -= 1) {
    const turn = turns[index];
    if (turn?.role !== 'user') continue;
    const text = turn.content.flatMap((block) => (block.kind === 'text' ? [block.text] : [])).join('\n');
    if (text.trim() !== '') return text;
  }
  return '';
}

/** The messages as sent, JSON; null if they are one plain user message, which is stored already as the prompt. */
function wholePrompt(messages: readonly object[]): string | null {
  const [only] = messages;
  if (messages.length === 1 && only !== undefined && isPlainUserMessage(only)) return null;
  return recordMessages(messages);
}

/** Nothing but `role` and `content`, in this order, so that the JSON can be made again to the letter. */
function isPlainUserMessage(message: object): boolean {
  const [role, content, ...more] = Object.entries(message);
  return (
    role?.[0] === 'role' &&
    role[1] === 'user' &&
    content?.[0] === 'content' &&
    typeof content[1] === 'string' &&
    more.length === 0
  );
}

/** The answer's blocks, JSON: what the model thought and asked for, without the signatures that only it can read. */
export function wholeCompletion(blocks: readonly AnswerBlock[]): string {
  return JSON.stringify(
    blocks.map((block) => {
      if (block.kind === 'reasoning') return { kind: block.kind, text: block.text };
      if (block.kind === 'redacted-reasoning')
        return { kind: block.kind, bytes: Buffer.byteLength(block.base64, 'base64') };
      return block;
    }),
  );
}
