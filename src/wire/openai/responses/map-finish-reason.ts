// Why the model stopped, as the status of a response.
import type { FinishReason } from '../../../canonical/event.ts';

type Incomplete = 'max_output_tokens' | 'content_filter';

/** Null: the response is complete. A word that the house does not know ends a complete answer. */
const INCOMPLETE: Readonly<Record<FinishReason, Incomplete | null>> = {
  stop: null,
  stop_sequence: null,
  tool_calls: null,
  unknown: null,
  length: 'max_output_tokens',
  context_window: 'max_output_tokens',
  refusal: 'content_filter',
  guardrail: 'content_filter',
};

export const incompleteReason = (reason: FinishReason): Incomplete | null => INCOMPLETE[reason];
