// A chat as the house speaks of it, whichever dialect the client used.
import type { CacheLifetime, ContentBlock, JsonObject, TextBlock } from './content.ts';

/**
 * One turn of the conversation, in the client's order, nothing merged. A `system` turn is an instruction given in the
 * middle of the conversation; instructions that precede it are in `ChatRequest.system`. Tool results are `user` turns.
 */
export interface Turn {
  role: 'user' | 'assistant' | 'system';
  content: ContentBlock[];
}

export interface Tool {
  name: string;
  /** Null: none, or an empty one. */
  description: string | null;
  /** JSON Schema of the input, as the client wrote it; may be empty. */
  inputSchema: JsonObject;
  /** The client wants the input to keep to the schema to the letter. */
  isStrict: boolean;
  cacheAfter?: CacheLifetime;
}

export type ToolChoice =
  | { kind: 'auto' }
  | { kind: 'required' }
  | { kind: 'none' }
  | { kind: 'tool'; name: string };

/** What the answer's text must be. `json` is any JSON object. */
export type ResponseFormat =
  | { kind: 'json' }
  | { kind: 'schema'; name: string; description: string | null; schema: JsonObject; isStrict: boolean };

export const EFFORTS = ['minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
export type Effort = (typeof EFFORTS)[number];

/**
 * How much the model is to think.
 * - `default`: as much as it likes to, with `effort` if that is given
 * - `off`; `budget`: at most so many tokens; `adaptive`: as the model sees fit; `between_tools`: that, and not before
 *   the first tool (only Anthropic clients can ask for the last three)
 * - `unsaid`: the client says `effort` and nothing of thought: Anthropic's `output_config.effort` without `thinking` is
 *   about the whole answer, and switches no thought on, while OpenAI's efforts ask for it
 */
export interface Reasoning {
  mode: 'default' | 'off' | 'budget' | 'adaptive' | 'between_tools' | 'unsaid';
  /** Tokens; only with `budget`. */
  budgetTokens?: number;
  effort?: Effort;
  /** Whether the text of it is shown; Anthropic clients ask for either, OpenAI's for `summarized`. */
  display?: 'summarized' | 'omitted';
}

export type ServiceTier = 'default' | 'flex' | 'priority';

/** Bedrock's words: GuardrailConfiguration, GuardrailStreamConfiguration. */
export interface Guardrail {
  /** Id or ARN. */
  id: string;
  version: string;
  trace?: 'enabled' | 'disabled' | 'enabled_full';
  /** Of streams: `sync` holds text back until it is judged. */
  streamMode?: 'sync' | 'async';
}

export interface ChatRequest {
  /** The model name as the client wrote it: an alias, a Bedrock model id or an inference profile. */
  model: string;
  /** Leading instructions, in order. */
  system: TextBlock[];
  turns: Turn[];
  /** Names are unique. */
  tools: Tool[];
  /** Null: not said. */
  toolChoice: ToolChoice | null;
  /** Null: not said. */
  allowsParallelTools: boolean | null;
  /** Null: any text. */
  responseFormat: ResponseFormat | null;
  /** Null: not said. */
  reasoning: Reasoning | null;
  /** The most tokens the client wants back; null when it did not say. */
  maxOutputTokens: number | null;
  /** 0 is a value; null means not given. */
  temperature: number | null;
  topP: number | null;
  /** Only Anthropic clients can say it. */
  topK: number | null;
  frequencyPenalty: number | null;
  presencePenalty: number | null;
  stopSequences: string[];
  /** Null: not said. */
  serviceTier: ServiceTier | null;
  guardrail: Guardrail | null;
  latency: 'standard' | 'optimized' | null;
  /** Whether the gateway may place cache points of its own; false where the client says that it does it itself. */
  allowsAutomaticCaching: boolean;
  /** Names for the upstream's own switches (`anthropic_beta`), already chosen by the dialect's table. */
  betas: string[];
  stream: boolean;
}

/** What a request is that says nothing but a model and its turns; dialects start from it. */
export const PLAIN_REQUEST: Omit<ChatRequest, 'model' | 'turns'> = {
  system: [],
  tools: [],
  toolChoice: null,
  allowsParallelTools: null,
  responseFormat: null,
  reasoning: null,
  maxOutputTokens: null,
  temperature: null,
  topP: null,
  topK: null,
  frequencyPenalty: null,
  presencePenalty: null,
  stopSequences: [],
  serviceTier: null,
  guardrail: null,
  latency: null,
  allowsAutomaticCaching: true,
  betas: [],
  stream: false,
};

/**
 * What a provider could not pass on, wholly or in part, because the model does not take it; each dialect knows its own
 * name for it.
 */
export type DroppedFeature =
  | 'temperature'
  | 'topP'
  | 'topK'
  | 'stopSequences'
  | 'frequencyPenalty'
  | 'presencePenalty'
  | 'reasoning'
  | 'toolChoice'
  | 'parallelTools'
  | 'strictTools'
  | 'serviceTier'
  | 'latency'
  | 'guardrail'
  | 'caching'
  | 'citations'
  | 'toolResultError'
  | 'betas';
