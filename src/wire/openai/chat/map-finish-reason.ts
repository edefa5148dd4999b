// The house's finish reasons in OpenAI's words.
import type { FinishReason } from '../../../canonical/event.ts';

/** OpenAI's closed list; its SDKs reject nothing else, but clients switch on it. */
export type OpenAiFinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'function_call';

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

/** @param calls how the answer speaks of the tools it calls; null: it calls none */
export function mapFinishReason(
  reason: FinishReason,
  calls: 'tool_calls' | 'function_call' | null = null,
): OpenAiFinishReason {
  const word = FINISH_REASONS[reason];
  // Some models say that they have come to an end when they call a tool, and clients go by the word.
  return calls !== null && (word === 'stop' || word === 'tool_calls') ? calls : word;
}
