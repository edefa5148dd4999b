// The body of a Converse answer -> ChatAnswer. Blocks the house has no word for are skipped.
import type { ChatAnswer } from '../../canonical/event.ts';
import { UpstreamError } from '../../canonical/upstream-error.ts';
import { decodeContent } from './decode-content.ts';
import { decodeFinish, isUnusable, unreadableOutput } from './decode-finish.ts';
import { decodeServiceTier } from './decode-service-tier.ts';
import { decodeUsage, isAbsurdUsage } from './decode-usage.ts';
import { asCount, asRecord, asText } from './json.ts';
import { PLAIN_READING } from './reading.ts';

/**
 * An answer without a message or with an empty one is an answer that says nothing, not an error.
 *
 * @throws UpstreamError `malformed` if this is not a Converse answer at all, `model_error` if the model's
 *   output could not be read and nothing of it is usable; it says what was reported as used
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
  const content = decodeContent(asRecord(asRecord(answer.output)?.message)?.content, reading);
  const produced = {
    hasText: content.some(({ kind }) => kind === 'text'),
    inputs: content.flatMap((block) => (block.kind === 'tool-use' ? ['{}'] : [])),
  };
  const usage = decodeUsage(answer.usage, reading);
  const isUsageAbsurd = isAbsurdUsage(answer.usage);
  if (isUnusable(answer.stopReason, produced)) {
    const isReported = usage !== null || isUsageAbsurd;
    const served = isReported ? { usage, isEstimated: false, ...decodeServiceTier(answer) } : undefined;
    throw unreadableOutput(upstreamRequestId, served);
  }
  const { reason, ...met } = decodeFinish(answer, produced);
  return {
    content,
    finishReason: reason,
    ...met,
    usage,
    ...(isUsageAbsurd && { isUsageAbsurd: true }),
    latencyMs: asCount(asRecord(answer.metrics)?.latencyMs),
    ...decodeServiceTier(answer),
    ...(upstreamRequestId !== undefined && { upstreamRequestId }),
  };
}
