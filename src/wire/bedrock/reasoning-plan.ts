// What is decided about a request's thinking, between the parts that decide it and those that obey.
import type { JsonObject } from '../../canonical/content.ts';
import type { Effort } from '../../canonical/request.ts';

/** What of the conversation decides whether a model can think. */
export interface History {
  /** The turn it goes on from was the assistant's, and what was thought there is not with it. */
  lacksThoughts: boolean;
  hasTools: boolean;
}

export interface ReasoningPlan {
  /** For `additionalModelRequestFields`. */
  fields: JsonObject;
  /** For `outputConfig`. */
  effort?: Effort;
  betas: readonly string[];
  /** Claude certainly thinks: it takes no sampling and no forced tool then. */
  isThinking: boolean;
  /** Tokens; the hold covers them. */
  maxOutputTokens: number;
  /** The limit and the sampling must not be sent. */
  isUnlimited: boolean;
}
