import { pgTable, text } from 'drizzle-orm/pg-core';
import { identity, moment } from './columns.ts';

/** Keys that share model access, limits and a budget. Row 1, "default", comes with the first migration. */
export const group = pgTable('key_group', {
  id: identity(),
  name: text().notNull(),
  createdAt: moment().notNull().defaultNow(),
});
