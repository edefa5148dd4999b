import { bigint, index, pgTable, text, unique } from 'drizzle-orm/pg-core';
import { identity, moment } from './columns.ts';
import { key } from './keys.ts';

/** A conversation of one key. Another key's word for a session is another session. */
export const session = pgTable(
  'session',
  {
    id: identity(),
    keyId: bigint({ mode: 'number' })
      .notNull()
      .references(() => key.id),
    /** The client's `Session-Id`. */
    key: text().notNull(),
    title: text().notNull().default(''),
    createdAt: moment().notNull().defaultNow(),
    updatedAt: moment().notNull().defaultNow(),
  },
  (table) => [
    unique('session_once').on(table.keyId, table.key),
    index('session_key').on(table.keyId, table.id),
  ],
);
