// The body of a Converse answer -> ChatAnswer. Blocks the house has no word for are skipped.
import type { AnswerBlock } from '../../canonical/content.ts';
import type { ChatAnswer } from '../../canonical/event.ts';
import { UpstreamError } from '../../canonical/upstream-error.ts';
import { decodeUsage, isAbsurdUsage } from './decode-usage.ts';
import { asCount, asList, asRecord, asText } from './json.ts';
import { isMalformedStop, mapStopReason } from './map-stop-reason.ts';
import { PLAIN_READING } from './reading.ts';

/**
 * An answer without a message or with an empty one is an answer that says nothing, not an error.
 *
 * @throws UpstreamError `malformed` if this is not a Converse answer at all, `model_error` if the model's
 *   output could not be read and nothing of it is usable
 */
export function decodeResponse(
  body: unknown,
  upstreamRequestId?: string,
  reading = PLAIN_READING,
): ChatAnswer {
  const answer = asRecord(body);
  if (answer === null || (asRecord(answer.output) === null && asText(answer.stopReason) === null)) {
    const message = 'The upstream sent an answer that cannot be read.';
    throw new UpstreamError({ kind: 'malformed', message, upstreamRequestId });
  }
  const message = asRecord(asRecord(answer.output)?.message);
  const content = asList(message?.content).flatMap(decodeBlock);
  if (content.length === 0 && isMalformedStop(answer.stopReason)) throw unreadableOutput(upstreamRequestId);
  return {
    content,
    finishReason: mapStopReason(answer.stopReason),
    usage: decodeUsage(answer.usage, reading),
    ...(isAbsurdUsage(answer.usage) && { isUsageAbsurd: true }),
    latencyMs: asCount(asRecord(answer.metrics)?.latencyMs),
    ...(upstreamRequestId !== undefined && { upstreamRequestId }),
  };
}

export function unreadableOutput(upstreamRequestId: string | undefined): UpstreamError {
  const message = 'The model produced output that cannot be read.';
  return new UpstreamError({ kind: 'model_error', message, upstreamRequestId });
}

function decodeBlock(value: unknown): AnswerBlock[] {
  const block = asRecord(value);
  const text = asText(block?.text);
  if (text !== null) return [{ kind: 'text', text }];
  return asList(asRecord(block?.citationsContent)?.content).flatMap((part) => {
    const cited = asText(asRecord(part)?.text);
    return cited === null ? [] : [{ kind: 'text', text: cited }];
  });
}
