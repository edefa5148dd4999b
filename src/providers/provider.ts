// The contract of every upstream: what chat-proxy may ask of it.
import type { Admission } from '../canonical/admission.ts';
import type { ChatAnswer, ChatEvent } from '../canonical/event.ts';
import type { ChatRequest } from '../canonical/request.ts';

export interface ProviderCall {
  admission: Admission;
  request: ChatRequest;
}

export interface ProviderOptions {
  /** Ends the upstream call at once; the pending promise rejects with the signal's reason. */
  signal: AbortSignal;
}

/**
 * Every failure is an `UpstreamError`. A provider never retries by itself and never goes on after `signal`.
 */
export interface Provider {
  /** One answer, collected by the upstream. */
  complete(call: ProviderCall, options: ProviderOptions): Promise<ChatAnswer>;
  /**
   * Events as they come, in groups: all that one read from the upstream held, never an empty group. Throws
   * `UpstreamError` of kind `incomplete` if the upstream ends without a finish. Leaving the loop early ends
   * the call.
   */
  stream(call: ProviderCall, options: ProviderOptions): AsyncIterable<readonly ChatEvent[]>;
  close(): Promise<void>;
}
