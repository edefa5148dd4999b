// What the client said, in the words of the record. Pure.
import type { ChatRequest } from '../../canonical/request.ts';

/** The last user turn as text. */
export function lastUserText(request: ChatRequest): string {
  const turn = request.turns.findLast((candidate) => candidate.role === 'user');
  return turn === undefined ? '' : turn.content.map((block) => block.text).join('\n');
}
