import { sql } from 'drizzle-orm';
import { bigint, check, index, pgTable, text, unique } from 'drizzle-orm/pg-core';
import { identity, moment } from './columns.ts';
import { key } from './keys.ts';

/** What told that exchanges belong together; see docs/decisions/0032-which-conversation.md. */
export type SessionOrigin = 'header' | 'claude-code' | 'chat' | 'cache' | 'turns';

/** A conversation of one key. Another key's word for a session is another session. */
export const session = pgTable(
  'session',
  {
    id: identity(),
    keyId: bigint({ mode: 'number' })
      .notNull()
      .references(() => key.id),
    /** The client's `Session-Id`, or a name made from another sign of the conversation. */
    key: text().notNull(),
    /** Which sign that was. */
    origin: text().$type<SessionOrigin>().notNull().default('header'),
    title: text().notNull().default(''),
    createdAt: moment().notNull().defaultNow(),
    updatedAt: moment().notNull().defaultNow(),
  },
  (table) => [
    check('session_origin', sql`${table.origin} in ('header', 'claude-code', 'chat', 'cache', 'turns')`),
    // A client's own word never meets a name that was made.
    unique('session_once').on(table.keyId, table.origin, table.key),
    index('session_key').on(table.keyId, table.id),
  ],
);
