import { bigint, index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { moment } from './columns.ts';
import { session } from './sessions.ts';

/**
 * What lists show of an exchange's text. The money row is `usage`, with the same exchange id; there is no foreign
 * key between them because they are written apart, so that text can never stop money.
 */
export const thread = pgTable(
  'thread',
  {
    exchangeId: uuid().primaryKey(),
    sessionId: bigint({ mode: 'number' }).references(() => session.id),
    /** First 200 characters, so that lists never read bodies. */
    promptHead: text().notNull(),
    completionHead: text().notNull(),
    createdAt: moment().notNull().defaultNow(),
  },
  (table) => [index('thread_session').on(table.sessionId)],
);

/** The bodies. */
export const threadText = pgTable('thread_text', {
  exchangeId: uuid().primaryKey(),
  prompt: text().notNull(),
  completion: text().notNull(),
  /** Null: the prompt was the only message, so that it need not be stored twice. */
  wholePrompt: text(),
});
