// The house's finish reasons in the words of this older route, which knows no tools.
import type { FinishReason } from '../../../canonical/event.ts';

export type CompletionFinishReason = 'stop' | 'length' | 'content_filter';

const FINISH_REASONS: Readonly<Record<FinishReason, CompletionFinishReason>> = {
  stop: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  tool_calls: 'stop',
  context_window: 'length',
  refusal: 'content_filter',
  guardrail: 'content_filter',
  unknown: 'stop',
};

export function mapCompletionFinish(reason: FinishReason): CompletionFinishReason {
  return FINISH_REASONS[reason];
}
