// What the bodies of InvokeModel have in common: a family writes some calls for one request and reads each answer.

/** One call of InvokeModel, as JSON. */
export interface NativeCall {
  body: object;
  /** Our own count of its input, for when the upstream does not say; tokens. */
  likelyTokens: number;
  /** How many of the request's items it serves. */
  items: number;
}

/** One answer of InvokeModel. */
export interface NativeAnswer {
  /** Parsed JSON; anything. */
  body: unknown;
  /** Header `x-amzn-bedrock-input-token-count`, as it came. */
  inputTokenCount: string | undefined;
  upstreamRequestId: string | undefined;
}
