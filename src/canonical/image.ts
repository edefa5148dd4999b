// Pictures made from words, in the house's words. Imports only its neighbours.
import type { Usage } from './usage.ts';

export type MadeImageFormat = 'png' | 'jpeg';

export interface ImageRequest {
  /** As the client wrote it. */
  model: string;
  /** Never empty. */
  prompt: string;
  /** How many pictures, at least one. */
  count: number;
  /** Pixels; null: the model's own. */
  size: { width: number; height: number } | null;
  /** Null: not said. */
  quality: 'standard' | 'high' | null;
  format: MadeImageFormat;
}

/** What a provider could not pass on because the model does not take it. */
export type DroppedImageFeature = 'quality';

export interface ImageAnswer {
  /** Base64; fewer than were asked for where the upstream's filter kept some back, but never none. */
  images: readonly string[];
  format: MadeImageFormat;
  usage: Usage;
  /** The upstream's own name of the first call, if it sent one. */
  upstreamRequestId?: string;
}
