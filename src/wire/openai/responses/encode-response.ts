// A whole answer as OpenAI's `response` object.
import type { ChatAnswer } from '../../../canonical/event.ts';
import type { Money } from '../../../lib/money.ts';
import { encodeItem } from './encode-items.ts';
import { incompleteReason } from './map-finish-reason.ts';
import { endResponse, type ResponseFacts, type ResponseObject } from './response-object.ts';

/** Of an answer that was cut, the last item is the one that is incomplete. */
export function encodeResponse(facts: ResponseFacts, answer: ChatAnswer, cost?: Money): ResponseObject {
  const isCut = incompleteReason(answer.finishReason) !== null;
  const last = answer.content.length - 1;
  const output = answer.content.map((block, number) => {
    const status = isCut && number === last ? 'incomplete' : 'completed';
    return encodeItem({ block, number, exchangeId: facts.exchangeId, status }, facts);
  });
  const { finishReason: reason, usage, serviceTier } = answer;
  return endResponse(facts, { reason, output, usage, serviceTier, cost });
}
