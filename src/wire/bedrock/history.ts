// What of a conversation decides how it may go on.
import type { Encoding } from './encoding.ts';
import { type Draft, isThought } from './merge-turns.ts';

export interface ConversationFacts {
  /** It goes on from a turn of the assistant, and what was thought there is not with it. */
  lacksThoughts: boolean;
  /** It ends with the assistant's own words. */
  isPrefilled: boolean;
  /** There is a passage to cite, and the model is to cite it. */
  wantsCitations: boolean;
}

export function historyOf(drafts: readonly Draft[], { capabilities }: Encoding): ConversationFacts {
  const isPrefilled = drafts.at(-1)?.role === 'assistant';
  const answer = drafts.findLastIndex(({ role }) => role === 'assistant');
  const goesOn =
    isPrefilled ||
    drafts.slice(answer + 1).some(({ blocks }) => blocks.some(({ kind }) => kind === 'tool-result'));
  const hasThoughts = drafts[answer]?.blocks.some(isThought) ?? false;
  return {
    lacksThoughts: answer >= 0 && goesOn && !hasThoughts,
    isPrefilled,
    wantsCitations: capabilities.citations !== false && drafts.some(citesSomething),
  };
}

function citesSomething({ blocks }: Draft): boolean {
  return blocks.some((block) => {
    const passages = block.kind === 'tool-result' ? block.content : [block];
    return passages.some((passage) => 'wantsCitations' in passage && passage.wantsCitations === true);
  });
}
