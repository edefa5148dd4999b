// Converse `stopReason` -> the house's finish reason, a closed table.
import type { FinishReason } from '../../canonical/event.ts';

const REASONS: ReadonlyMap<unknown, FinishReason> = new Map<unknown, FinishReason>([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop_sequence'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'context_window'],
  ['tool_use', 'tool_calls'],
  ['content_filtered', 'refusal'],
  ['guardrail_intervened', 'guardrail'],
  // Not in the API model, but native to Claude and seen to come through.
  ['refusal', 'refusal'],
  // Something usable was produced; `isMalformedStop` tells the case where nothing was.
  ['malformed_model_output', 'stop'],
  ['malformed_tool_use', 'stop'],
]);

/** A word we do not know, or none, is `unknown` and never passed through. */
export function mapStopReason(stopReason: unknown): FinishReason {
  return REASONS.get(stopReason) ?? 'unknown';
}

/** The model's own output could not be read: an error if there is no text beside it. */
export function isMalformedStop(stopReason: unknown): boolean {
  return stopReason === 'malformed_model_output' || stopReason === 'malformed_tool_use';
}
