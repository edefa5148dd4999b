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
}
