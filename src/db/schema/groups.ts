import { sql } from 'drizzle-orm';
import { check, integer, pgTable, text } from 'drizzle-orm/pg-core';
import { identity, moment } from './columns.ts';

/**
 * Keys that share model access, limits and a budget. No money here: see billing.ts. Row 1, "default", comes with the
 * first migration.
 */
export const group = pgTable(
  'key_group',
  {
    id: identity(),
    name: text().notNull(),
    description: text().notNull().default(''),
    /** Model names its keys may ask for; null: any. */
    allowedModels: text().array(),
    /** Of all its keys together; null: no limit. */
    requestsPerMinute: integer(),
    tokensPerMinute: integer(),
    parallelRequests: integer(),
    createdAt: moment().notNull().defaultNow(),
    updatedAt: moment().notNull().defaultNow(),
    deletedAt: moment(),
  },
  (table) => [
    check(
      'key_group_limits',
      sql`${table.requestsPerMinute} > 0 and ${table.tokensPerMinute} > 0 and ${table.parallelRequests} > 0`,
    ),
  ],
);
