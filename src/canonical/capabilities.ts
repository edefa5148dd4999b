// What a model can do and how it wants to be asked, as data of the catalogue. Imports only its neighbours.
import type { Effort } from './request.ts';

/**
 * How a model is told to think, and what it answers.
 * - `none`: it does not; `always`: it does, and takes no word about it
 * - `claude`: `thinking` and effort, in the modes that `modes` lists
 * - `effort`: `reasoning.effort` (GPT, Kimi K3, Grok); `flat_effort`: `reasoning_effort` (gpt-oss);
 *   `nova`: `reasoningConfig`
 */
export type ReasoningCarrier = 'none' | 'always' | 'claude' | 'effort' | 'flat_effort' | 'nova';

/** Of `claude`: `budget` is `thinking.type` `enabled`; `off` is `disabled`, or leaving it out where it is not on by itself. */
export type ThinkingMode = 'budget' | 'adaptive' | 'between_tools' | 'off';

/** Bedrock's bodies of InvokeModel for embeddings, one by one. */
export const EMBEDDING_FAMILIES = ['titan_v2', 'titan_v1', 'cohere_v3', 'cohere_v4', 'nova'] as const;
export type EmbeddingFamily = (typeof EMBEDDING_FAMILIES)[number];

export const IMAGE_FAMILIES = ['nova_canvas', 'stability'] as const;
export type ImageFamily = (typeof IMAGE_FAMILIES)[number];

/**
 * A member that is absent is not known: what it would forbid is passed through, and the upstream answers for itself,
 * unless the member says otherwise.
 */
export interface ModelCapabilities {
  imageInput?: boolean;
  documentInput?: boolean;
  /** `whole`: only in answers that are not streamed. */
  tools?: 'streamed' | 'whole' | 'none';
  /** `none` also: the model itself must not be forced while it thinks, which no model allows. */
  forcedToolChoice?: boolean;
  /** Takes `toolSpec.strict`. */
  strictTools?: boolean;
  /** Takes `toolResult.status`. */
  toolResultStatus?: boolean;
  /** Wants tool ids of exactly nine letters and digits. */
  shortToolIds?: boolean;
  reasoning?: ReasoningCarrier;
  thinkingModes?: readonly ThinkingMode[];
  /** Words it takes, weakest first; empty: it takes none. */
  efforts?: readonly Effort[];
  sampling?: 'both' | 'temperature_or_top_p' | 'none';
  /** Where `top_k` goes: a field beside the request, Nova's `inferenceConfig`, or Cohere's `k`. */
  topK?: 'top_k' | 'nova' | 'k' | 'none';
  /** Takes `frequency_penalty` and `presence_penalty`. */
  penalties?: boolean;
  /** `implicit`: the model caches by itself and takes no cache points. */
  promptCaching?: 'explicit' | 'implicit' | 'none';
  /** The longest lifetime a cache point may ask for. */
  cacheLifetime?: '5m' | '1h';
  promptCacheMinTokens?: number;
  /** An administrator's choice: the gateway places cache points where the client does not. */
  automaticCaching?: boolean;
  nativeJsonSchema?: boolean;
  /** A conversation may end with the assistant's own words, to be gone on from. */
  prefill?: boolean;
  /** Takes instructions apart from the conversation. */
  systemPrompt?: boolean;
  /** Takes `role: system` in the middle of the conversation. */
  midSystem?: boolean;
  citations?: boolean;
  searchResults?: boolean;
  /** Beside the default one, each with a price list of its own. Absent means none: an unpriced tier must not be asked for. */
  serviceTiers?: readonly ('flex' | 'priority')[];
  optimizedLatency?: boolean;
  /** The least `maxTokens` it takes. */
  minMaxTokens?: number;
  /** The upstream's `inputTokens` already include the cached ones, and its total may not give that away. */
  inputIncludesCached?: boolean;
  /** What one image costs at the most, tokens; for the hold. */
  imageTokens?: number;
  /** Which body a model that embeds takes; without it none can be written. */
  embedding?: EmbeddingFamily;
  /** Lengths of its vectors, the one it makes unasked first. */
  dimensions?: readonly number[];
  /** Which body a model that makes pictures takes; without it none can be written. */
  image?: ImageFamily;
}
