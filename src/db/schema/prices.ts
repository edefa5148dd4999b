import { sql } from 'drizzle-orm';
import { check, integer, pgTable, text, unique } from 'drizzle-orm/pg-core';
import { identity, moment, money } from './columns.ts';

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
