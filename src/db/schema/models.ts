import { sql } from 'drizzle-orm';
import { boolean, check, integer, jsonb, pgTable, text, unique } from 'drizzle-orm/pg-core';
import { identity, moment, money } from './columns.ts';

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
}

/** Dated prices, USD per million tokens. A band applies to the whole request once its input exceeds it. */
export const price = pgTable(
  'price',
  {
    id: identity(),
    baseId: text().notNull(),
    scope: text().notNull(),
    tier: text().notNull().default('standard'),
    overInputTokens: integer().notNull().default(0),
    validFrom: moment().notNull(),
    input: money().notNull(),
    output: money().notNull(),
    /** Null: no price of its own; charged as fresh input. */
    cacheRead: money(),
    cacheWrite5m: money('cache_write_5m'),
    cacheWrite1h: money('cache_write_1h'),
    /** USD per image made. */
    image: money(),
    /** USD per million tokens embedded. */
    embedding: money(),
    source: text().notNull(),
    /** Who set it; the migrations are `seed`. */
    actor: text().notNull().default('seed'),
    createdAt: moment().notNull().defaultNow(),
  },
  (table) => [
    unique('price_once').on(table.baseId, table.scope, table.tier, table.overInputTokens, table.validFrom),
    check(
      'price_range',
      sql.join(
        [
          table.input,
          table.output,
          table.cacheRead,
          table.cacheWrite5m,
          table.cacheWrite1h,
          table.image,
          table.embedding,
        ].map((column) => sql`${column} between 0 and 1000000000000000`),
        sql` and `,
      ),
    ),
  ],
);
