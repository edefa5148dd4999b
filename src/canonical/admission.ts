// The proof that a request may reach an upstream. Only chat-proxy's admission makes one, and every provider
// call asks for one, so that no route can skip the money.

declare const admitted: unique symbol;

/** What we call upstream. */
export interface UpstreamTarget {
  /** Model id, inference profile id or ARN, exactly as Bedrock takes it. */
  modelId: string;
  region: string;
  /** Its `inputTokens` already include the cached ones; see `separateCached`. */
  inputIncludesCached?: boolean;
}

export interface Admission {
  readonly [admitted]: true;
  /** Unique per exchange, also the key of its hold and ledger entries (UUID). */
  readonly exchangeId: string;
  /** Whose exchange it is. */
  readonly keyId: number;
  readonly target: UpstreamTarget;
  /** Effective limit sent upstream, tokens; the hold covers it. */
  readonly maxOutputTokens: number;
}
