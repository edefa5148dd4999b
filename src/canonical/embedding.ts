// Text turned into vectors, in the house's words. Imports only its neighbours.
import type { Usage } from './usage.ts';

/** What the vectors are for; models that tell the two sides of a search apart make different ones. */
export const EMBEDDING_PURPOSES = [
  'search_document',
  'search_query',
  'classification',
  'clustering',
] as const;
export type EmbeddingPurpose = (typeof EMBEDDING_PURPOSES)[number];

export interface EmbeddingRequest {
  /** As the client wrote it. */
  model: string;
  /** One vector for each, in this order; never empty, nor is any of them. */
  texts: readonly [string, ...string[]];
  /** Length of the vectors; null: the model's own. */
  dimensions: number | null;
  /** Null: not said. */
  purpose: EmbeddingPurpose | null;
}

/** What a provider could not pass on because the model does not take it. */
export type DroppedEmbeddingFeature = 'purpose';

export interface EmbeddingAnswer {
  /** In the order of the texts. */
  vectors: readonly (readonly number[])[];
  usage: Usage;
  /** True: the upstream did not say how many tokens it read, wholly or in part; they were counted from the text. */
  isUsageEstimated: boolean;
  /** The upstream's own name of the first call, if it sent one. */
  upstreamRequestId?: string;
}
