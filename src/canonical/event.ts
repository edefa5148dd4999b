// What an upstream answers, as a stream of events or collected. Imports only its neighbours.
import type { AnswerBlock, JsonObject } from './content.ts';
import type { Usage } from './usage.ts';

/**
 * Why the model stopped. `context_window`: there was no room left; `guardrail`: ours intervened, its text is the
 * answer; `refusal`: the model's own filter or will. `unknown` is a word of the upstream that the house does not know.
 */
export type FinishReason =
  | 'stop'
  | 'stop_sequence'
  | 'length'
  | 'context_window'
  | 'tool_calls'
  | 'refusal'
  | 'guardrail'
  | 'unknown';

/**
 * Order: `start`, any number of blocks, `finish`, then `usage` (Converse sends usage last). A stream that ends without
 * `finish` is an error, never a short success.
 *
 * `block` counts from 0 without a gap, in the order in which blocks begin. A text or reasoning block begins with its
 * first delta, a tool's with `tool-start`; each ends with one `block-end`. Blocks may overlap.
 */
export type ChatEvent =
  /** `upstreamRequestId`: the upstream's own name of the call (x-amzn-requestid), if it sent one. */
  | { type: 'start'; upstreamRequestId?: string }
  | { type: 'text-delta'; block: number; text: string }
  | { type: 'citation'; block: number; citation: JsonObject }
  | { type: 'reasoning-delta'; block: number; text: string }
  /** Once per reasoning block at the most, before its end; the text may be empty. */
  | { type: 'reasoning-signature'; block: number; signature: string }
  /** A whole block, base64; no delta comes with it. */
  | { type: 'redacted-reasoning'; block: number; base64: string }
  /** Name and id as the client knows them. */
  | { type: 'tool-start'; block: number; id: string; name: string }
  /** A piece of the input's JSON; together they may be nothing, which means `{}`. */
  | { type: 'tool-delta'; block: number; json: string }
  | { type: 'block-end'; block: number }
  /** `stopSequence`: which one it was, where the upstream says so. */
  | { type: 'finish'; reason: FinishReason; stopSequence?: string }
  /** `usage` null: the upstream reported something that cannot be (negative, not an integer). */
  | { type: 'usage'; usage: Usage | null; latencyMs: number | null; serviceTier?: string };

/** A whole answer. */
export interface ChatAnswer {
  content: AnswerBlock[];
  finishReason: FinishReason;
  stopSequence?: string;
  /** Null when the upstream did not report it, or reported nonsense: never 0 by default. */
  usage: Usage | null;
  /** True: it reported something that cannot be. */
  isUsageAbsurd?: boolean;
  /** The upstream's own time, ms. */
  latencyMs: number | null;
  /** Which tier the upstream says served it. */
  serviceTier?: string;
  /** The upstream's own name of the call (x-amzn-requestid), if it sent one. */
  upstreamRequestId?: string;
}
