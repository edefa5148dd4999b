// A call reduced to what an answer depends on, whichever operation it came by.
import type { JsonObject } from './json.ts';
import type { Operation } from './operation.ts';

export interface Call {
  operation: Operation;
  modelId: string;
  systemText: string;
  firstUserText: string;
  lastUserText: string;
  /** Tokens of everything the caller sent, by `countTokens`. */
  inputTokens: number;
  /** Null when the caller set no limit. */
  maxTokens: number | null;
  stopSequences: readonly string[];
  requestMetadata: JsonObject;
  /** Set where the model is not one that talks: its whole answer. */
  native?: NativeReply;
}

/** The answer of a model that embeds or makes pictures. */
export interface NativeReply {
  body: JsonObject;
  headers: Readonly<Record<string, string>>;
  /** What the journal says it used. */
  usage: JsonObject;
}
