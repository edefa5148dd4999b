// What an upstream answers, as a stream of events or collected. Imports only its neighbours.
import type { ContentBlock } from './request.ts';
import type { Usage } from './usage.ts';

/** Why the model stopped. `unknown` is a word of the upstream that the house does not know. */
export type FinishReason = 'stop' | 'stop_sequence' | 'length' | 'tool_calls' | 'content_filter' | 'unknown';

/**
 * Order: `start`, any number of deltas, `finish`, then `usage` (Converse sends usage last). A stream that ends
 * without `finish` is an error, never a short success.
 */
export type ChatEvent =
  /** `upstreamRequestId`: the upstream's own name of the call (x-amzn-requestid), if it sent one. */
  | { type: 'start'; upstreamRequestId?: string }
  | { type: 'text-delta'; block: number; text: string }
  | { type: 'finish'; reason: FinishReason }
  /** `usage` null: the upstream reported something that cannot be (negative, not an integer). */
  | { type: 'usage'; usage: Usage | null; latencyMs: number | null };

/** A whole answer. */
export interface ChatAnswer {
  content: ContentBlock[];
  finishReason: FinishReason;
  /** Null when the upstream did not report it, or reported nonsense: never 0 by default. */
  usage: Usage | null;
  /** True: it reported something that cannot be. */
  isUsageAbsurd?: boolean;
  /** The upstream's own time, ms. */
  latencyMs: number | null;
  /** The upstream's own name of the call (x-amzn-requestid), if it sent one. */
  upstreamRequestId?: string;
}
