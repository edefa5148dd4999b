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
  wishes: Wishes;
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

/** What is asked of the answer beside its text; only Converse can ask for it here. */
export interface Wishes {
  tools: readonly OfferedTool[];
  /** `choice`: the model may call one; `must`: it must call one of them. */
  toolUse: 'choice' | 'must';
  /** What the tools answered that the last message brings; null: it brings none. */
  toolResults: string | null;
  /** The JSON schema that the text must fit; null: any text. */
  textSchema: JsonObject | null;
  /** Null: none was asked for. */
  serviceTier: string | null;
  /** JSON pointers: `additionalModelResponseFieldPaths`. */
  fieldPaths: readonly string[];
}

export interface OfferedTool {
  name: string;
  schema: JsonObject;
}

export const NO_WISHES: Wishes = {
  tools: [],
  toolUse: 'choice',
  toolResults: null,
  textSchema: null,
  serviceTier: null,
  fieldPaths: [],
};
