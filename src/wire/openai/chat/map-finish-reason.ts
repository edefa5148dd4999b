// The house's finish reasons in OpenAI's words.
import type { FinishReason } from '../../../canonical/event.ts';

/** OpenAI's closed list; its SDKs reject nothing else, but clients switch on it. */
export type OpenAiFinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter';

const FINISH_REASONS: Readonly<Record<FinishReason, OpenAiFinishReason>> = {
  stop: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  context_window: 'length',
  refusal: 'content_filter',
  guardrail: 'content_filter',
  // A word of the upstream that nobody knows is never passed on.
  unknown: 'stop',
};

export function mapFinishReason(reason: FinishReason): OpenAiFinishReason {
  return FINISH_REASONS[reason];
}
