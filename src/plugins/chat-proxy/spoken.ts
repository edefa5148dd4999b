// What the client said, in the words of the record. Pure.
import type { ChatRequest } from '../../canonical/request.ts';
import type { KeyPrincipal } from '../auth/index.ts';

/** Nothing of it is even made where a key's texts are not kept. */
export function wordsOf(
  request: ChatRequest,
  messages: readonly object[],
  logging: KeyPrincipal['logging'],
): { prompt: string; wholePrompt: string | null } {
  if (logging !== 'full') return { prompt: '', wholePrompt: null };
  return { prompt: lastUserText(request), wholePrompt: wholePrompt(messages) };
}

/** The last user turn as text. */
function lastUserText(request: ChatRequest): string {
  const turn = request.turns.findLast((candidate) => candidate.role === 'user');
  return turn === undefined
    ? ''
    : turn.content.flatMap((block) => (block.kind === 'text' ? [block.text] : [])).join('\n');
}

/** The messages as sent, JSON; null if they are one plain user message, which is stored already as the prompt. */
function wholePrompt(messages: readonly object[]): string | null {
  const [only] = messages;
  if (messages.length === 1 && only !== undefined && isPlainUserMessage(only)) return null;
  return JSON.stringify(messages);
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
