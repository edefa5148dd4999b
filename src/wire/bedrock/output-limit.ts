// How many tokens a request may bring back. Always said: without it Bedrock reserves the model's maximum from the token
// quota.
import type { ChatRequest } from '../../canonical/request.ts';
import type { EncodingTraits } from './encoding.ts';

/** Room for the answer beside what is thought. */
const ROOM_FOR_ANSWER = 4096;
/** Claude's least budget. */
const MIN_BUDGET = 1024;

/** The client's word or the default, within what the model takes. */
export function outputLimit(
  { maxOutputTokens }: Pick<ChatRequest, 'maxOutputTokens'>,
  traits: EncodingTraits,
): number {
  return withinModel(maxOutputTokens ?? traits.defaultMaxOutputTokens, traits);
}

/**
 * A budget is part of the limit and less than it. Undefined: so low a limit leaves no room to think.
 *
 * @param budget tokens; `isExact`: the client's own number, which may take all but one token
 */
export function outputLimitWithBudget(
  { maxOutputTokens }: Pick<ChatRequest, 'maxOutputTokens'>,
  { budget, isExact }: { budget: number; isExact: boolean },
  traits: EncodingTraits,
): { limit: number; budget: number } | undefined {
  const wanted = Math.max(MIN_BUDGET, budget);
  const roomy = Math.max(traits.defaultMaxOutputTokens, wanted + ROOM_FOR_ANSWER);
  const limit = withinModel(maxOutputTokens ?? roomy, traits);
  const isClientsOwn = isExact && maxOutputTokens !== null;
  const most = isClientsOwn ? limit - 1 : Math.max(MIN_BUDGET, limit - ROOM_FOR_ANSWER);
  const fitting = Math.min(wanted, most);
  return fitting >= MIN_BUDGET && fitting < limit ? { limit, budget: fitting } : undefined;
}

function withinModel(tokens: number, { capabilities, maxOutputTokens }: EncodingTraits): number {
  return Math.max(capabilities.minMaxTokens ?? 1, Math.min(tokens, maxOutputTokens));
}
