// What a dialect brings to the walk of a chat: how its answers are spoken. Everything else of the walk is the same for
// all of them.
import type { ChatAnswer, ChatEvent } from '../../canonical/event.ts';
import type { RateLimits } from '../../canonical/rate-limits.ts';
import type { Refusal } from '../../canonical/refusal.ts';
import type { DroppedFeature } from '../../canonical/request.ts';
import type { UpstreamError } from '../../canonical/upstream-error.ts';
import type { Money } from '../../lib/money.ts';

/** Also a label of the metrics. */
export type DialectName = 'openai' | 'anthropic' | 'responses' | 'completions' | 'embeddings' | 'images';

/** What an answer says of itself. */
export interface AnswerFacts {
  /** UUID; dialects put their own prefix before it. */
  exchangeId: string;
  createdAt: Date;
  /** As the client wrote it. */
  model: string;
  /** Our own count of the input, for what must be said before the upstream has counted; tokens. */
  inputTokensEstimate: number;
}

/** Encodes a streamed answer; each method returns the text to write, possibly empty. */
export interface StreamDialect {
  encode(events: readonly ChatEvent[]): string;
  /** @param cost what the answer costs */
  end(cost?: Money): string;
  encodeFailure(error: Refusal | UpstreamError): string;
  /** Says nothing, and keeps the connection. */
  readonly ping: string;
}

export interface ChatVoice {
  dialect: DialectName;
  /** The body of a whole answer. @param cost what it costs */
  whole(answer: ChatAnswer, facts: AnswerFacts, cost: Money | undefined): object;
  stream(facts: AnswerFacts): StreamDialect;
  /** Headers. */
  rateLimits(limits: RateLimits): Record<string, string>;
  /** The dialect's own name of what was left out. */
  droppedName(feature: DroppedFeature): string;
}
