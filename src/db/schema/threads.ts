import { sql } from 'drizzle-orm';
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
    /**
     * Of an exchange that opens a conversation without a name: what a second turn would be known by, so that this first
     * one is found then. Null: there is nothing to find, or its key's texts are not kept.
     */
    opening: text(),
    createdAt: moment().notNull().defaultNow(),
  },
  (table) => [
    index('thread_session').on(table.sessionId),
    index('thread_opening').on(table.opening).where(sql`${table.opening} is not null`),
  ],
);

/** The bodies. */
export const threadText = pgTable('thread_text', {
  exchangeId: uuid().primaryKey(),
  prompt: text().notNull(),
  completion: text().notNull(),
  /** Null: the prompt was the only message, so that it need not be stored twice. */
  wholePrompt: text(),
  /** The answer's blocks, JSON; null: it was nothing but text, which is the completion. */
  wholeCompletion: text(),
});
