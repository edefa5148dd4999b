import { boolean, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import { identity, moment } from './columns.ts';

/** A public name a client may ask for: an alias, a Bedrock model id or an inference profile. */
export const model = pgTable('model', {
  id: identity(),
  name: text().notNull().unique(),
  /** What we call upstream; a profile or ARN is opaque, so the base model is said beside it. */
  target: text().notNull(),
  baseId: text().notNull(),
  /** Which row of the price book: `in-region`, `global`, or the geographic prefix (`us`, `eu`, ...). */
  priceScope: text().notNull(),
  /** Null: the gateway's own region. */
  region: text(),
  displayName: text().notNull(),
  vendor: text().notNull(),
  contextTokens: integer().notNull(),
  maxOutputTokens: integer().notNull(),
  /** What the model can do; a capability that is not recorded is passed through. */
  capabilities: jsonb().$type<ModelCapabilities>().notNull().default({}),
  /** AWS has taken it out of service; still offered, so that AWS's own answer reaches the client. */
  isRetired: boolean().notNull().default(false),
  /** An administrator's word that no price means no cost; without it, no price means no service. */
  isFree: boolean().notNull().default(false),
  createdAt: moment().notNull().defaultNow(),
  updatedAt: moment().notNull().defaultNow(),
});

export interface ModelCapabilities {
  imageInput?: boolean;
  tools?: string | boolean;
  forcedToolChoice?: boolean | string;
  reasoning?: string | boolean;
  sampling?: 'both' | 'temperature_or_top_p' | 'none';
  promptCaching?: string | boolean;
  nativeJsonSchema?: boolean | string;
  promptCacheMinTokens?: number;
  minMaxTokens?: number;
  /** The upstream's `inputTokens` already include the cached ones, and its total may not give that away. */
  inputIncludesCached?: boolean;
}
