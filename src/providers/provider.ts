// The contract of every upstream: what chat-proxy may ask of it. Work is prepared first, without I/O, so that what a
// model cannot do is refused before any money is held; only an admission sends it.
import type { Admission, UpstreamTarget } from '../canonical/admission.ts';
import type { ModelCapabilities } from '../canonical/capabilities.ts';
import type { DroppedEmbeddingFeature, EmbeddingAnswer, EmbeddingRequest } from '../canonical/embedding.ts';
import type { ChatAnswer, ChatEvent } from '../canonical/event.ts';
import type { DroppedImageFeature, ImageAnswer, ImageRequest } from '../canonical/image.ts';
import type { ChatRequest, DroppedFeature } from '../canonical/request.ts';
import type { UpstreamError } from '../canonical/upstream-error.ts';

/** What a provider needs to know of a model; all of it stands in the catalogue. */
export interface ModelTraits {
  /** The foundation model behind the name. */
  baseId: string;
  capabilities: ModelCapabilities;
  /** Tokens. */
  contextTokens: number;
  maxOutputTokens: number;
}

export interface PrepareOptions {
  /** Output limit of a request that names none, tokens. */
  defaultMaxOutputTokens: number;
}

/** Where one call goes, and the proof that it may. */
export interface ProviderCall {
  admission: Admission;
  /** One of the admission's. */
  target: UpstreamTarget;
}

export interface ProviderOptions {
  /** Ends the upstream call at once; the pending promise rejects with the signal's reason, or a `CutCall` of it. */
  signal: AbortSignal;
}

/** A chat in the upstream's words. The same one may be sent to several targets. */
export interface PreparedChat {
  /** Effective limit, tokens; the hold covers it. */
  readonly maxOutputTokens: number;
  /** What the model does not take and was left out. */
  readonly dropped: readonly DroppedFeature[];
  /** One answer, collected by the upstream. */
  complete(call: ProviderCall, options: ProviderOptions): Promise<ChatAnswer>;
  /**
   * Events as they come, in groups: all that one read from the upstream held, never an empty group. Throws
   * `UpstreamError` of kind `incomplete` if the upstream ends without a finish. Leaving the loop early ends the call.
   */
  stream(call: ProviderCall, options: ProviderOptions): AsyncIterable<readonly ChatEvent[]>;
  /** How many tokens the upstream says its input has; free of charge. Not every upstream counts for every model. */
  countTokens(call: ProviderCall, options: ProviderOptions): Promise<number>;
  /**
   * Another form of the same chat, where an upstream's refusal says that ours asked for something the model does not
   * take and that the client did not ask for; undefined: there is none. To be tried once, in place of the refused one.
   */
  remedy(error: UpstreamError): PreparedChat | undefined;
}

/** Other work in the upstream's words, which is answered whole. The same one may be sent to several targets. */
export interface PreparedWork<Answer, Feature> {
  /** What the model does not take and was left out. */
  readonly dropped: readonly Feature[];
  /**
   * It may be several calls: when one fails, no more are begun, and the error says what the others used
   * (`UpstreamError.served`).
   */
  run(call: ProviderCall, options: ProviderOptions): Promise<Answer>;
}

export type PreparedEmbedding = PreparedWork<EmbeddingAnswer, DroppedEmbeddingFeature>;
export type PreparedImages = PreparedWork<ImageAnswer, DroppedImageFeature>;

/**
 * Every failure of a call is an `UpstreamError`. A provider never retries by itself and never goes on after `signal`.
 */
export interface Provider {
  /**
   * Translates; sends nothing.
   *
   * @throws Refusal for what this model cannot do, naming the field in OpenAI's words
   */
  prepareChat(request: ChatRequest, model: ModelTraits, options: PrepareOptions): PreparedChat;
  /**
   * Translates; sends nothing.
   *
   * @throws Refusal for what this model cannot do, naming the field in OpenAI's words
   */
  prepareEmbedding(request: EmbeddingRequest, model: Pick<ModelTraits, 'capabilities'>): PreparedEmbedding;
  /** The same. */
  prepareImages(request: ImageRequest, model: Pick<ModelTraits, 'capabilities'>): PreparedImages;
  close(): Promise<void>;
}
