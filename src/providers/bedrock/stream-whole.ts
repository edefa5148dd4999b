// Streams of models that call tools only in whole answers: the answer is awaited whole and told as its events.
import { eventsOf } from '../../canonical/collect.ts';
import type { ChatAnswer, ChatEvent } from '../../canonical/event.ts';

/** One group. Nothing is sent before the first `next()`. */
export async function* streamWhole(
  complete: () => Promise<ChatAnswer>,
): AsyncGenerator<readonly ChatEvent[], undefined> {
  yield eventsOfAnswer(await complete());
}

function eventsOfAnswer(answer: ChatAnswer): ChatEvent[] {
  const { upstreamRequestId, stopSequence, usage, isUsageAbsurd, latencyMs, serviceTier } = answer;
  const events: ChatEvent[] = [
    upstreamRequestId === undefined ? { type: 'start' } : { type: 'start', upstreamRequestId },
    ...answer.content.flatMap(eventsOf),
    { type: 'finish', reason: answer.finishReason, ...(stopSequence !== undefined && { stopSequence }) },
  ];
  // An answer that reported nothing has no usage event; one that reported nonsense has an empty one.
  if (usage !== null || isUsageAbsurd === true)
    events.push({ type: 'usage', usage, latencyMs, ...(serviceTier !== undefined && { serviceTier }) });
  return events;
}
