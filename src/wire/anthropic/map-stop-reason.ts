// The house's finish reasons in Anthropic's words.
import type { FinishReason } from '../../canonical/event.ts';

/** Of the API's closed list (`StopReason` of @anthropic-ai/sdk) those that happen here. */
export type StopReason =
  | 'end_turn'
  | 'max_tokens'
  | 'stop_sequence'
  | 'tool_use'
  | 'refusal'
  | 'model_context_window_exceeded';

const STOP_REASONS: Readonly<Record<FinishReason, StopReason>> = {
  stop: 'end_turn',
  stop_sequence: 'stop_sequence',
  length: 'max_tokens',
  context_window: 'model_context_window_exceeded',
  tool_calls: 'tool_use',
  refusal: 'refusal',
  guardrail: 'refusal',
  // A word of the upstream that nobody knows is never passed on.
  unknown: 'end_turn',
};

export function mapStopReason(reason: FinishReason): StopReason {
  return STOP_REASONS[reason];
}
