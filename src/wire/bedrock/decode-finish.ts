// Why the model stopped, from its word and from what it did.
import type { FinishReason } from '../../canonical/event.ts';
import { type ServedUsage, UpstreamError } from '../../canonical/upstream-error.ts';
import { asRecord, asText } from './json.ts';
import { isMalformedStop, mapStopReason } from './map-stop-reason.ts';

export interface Finish {
  reason: FinishReason;
  stopSequence?: string;
}

/** What came out before the stop. */
export interface Produced {
  hasText: boolean;
  /** Inputs of the tools that the client is to run: JSON, or nothing. */
  inputs: readonly string[];
}

/** Some models say `end_turn` although they called a tool; and without a call there is nothing to run. */
export function decodeFinish(payload: Record<string, unknown>, { inputs }: Produced): Finish {
  const { stopReason } = payload;
  const reason = mapStopReason(stopReason);
  const isSpoilt = isMalformedStop(stopReason) && !inputs.every(isReadable);
  const isOpen = reason === 'stop' || reason === 'unknown';
  if (inputs.length > 0 && isOpen && !isSpoilt) return { reason: 'tool_calls' };
  if (inputs.length === 0 && reason === 'tool_calls') return { reason: 'stop' };
  const stopSequence = reason === 'stop_sequence' ? metSequence(payload) : null;
  return stopSequence === null ? { reason } : { reason, stopSequence };
}

/** The model spoilt its own output, and nothing of it can be used. */
export function isUnusable(stopReason: unknown, { hasText, inputs }: Produced): boolean {
  return isMalformedStop(stopReason) && !hasText && !inputs.some(isReadable);
}

/** @param served what is known to have been used all the same */
export function unreadableOutput(upstreamRequestId: string | undefined, served?: ServedUsage): UpstreamError {
  const message = 'The model produced output that cannot be read.';
  return new UpstreamError({ kind: 'model_error', message, upstreamRequestId, served });
}

/** Asked for by `additionalModelResponseFieldPaths`: `/stop_sequence`, of streams `/delta/stop_sequence`. */
function metSequence({ additionalModelResponseFields }: Record<string, unknown>): string | null {
  const fields = asRecord(additionalModelResponseFields);
  return asText(fields?.stop_sequence) ?? asText(asRecord(fields?.delta)?.stop_sequence);
}

function isReadable(json: string): boolean {
  if (json === '') return true;
  try {
    JSON.parse(json);
    return true;
  } catch {
    return false;
  }
}
