import { sql } from 'drizzle-orm';
import { bigint, check, index, pgTable, text } from 'drizzle-orm/pg-core';
import { identity, moment } from './columns.ts';
import { group } from './groups.ts';

/** Virtual keys. No money here: see billing.ts. A deleted key keeps its row, so that its history keeps a name. */
export const key = pgTable(
  'virtual_key',
  {
    id: identity(),
    name: text().notNull(),
    email: text().notNull().default(''),
    groupId: bigint({ mode: 'number' }).references(() => group.id),
    role: text().$type<'user' | 'admin'>().notNull().default('user'),
    status: text().$type<'active' | 'disabled'>().notNull().default('active'),
    /** HMAC-SHA-256 of the secret under the pepper, base64url. The secret itself is never stored. */
    digest: text().notNull().unique(),
    /** First and last characters of the secret, for people to recognise it. */
    prefix: text().notNull(),
    last4: text().notNull(),
    createdAt: moment().notNull().defaultNow(),
    updatedAt: moment().notNull().defaultNow(),
    deletedAt: moment(),
  },
  (table) => [
    check('virtual_key_role', sql`${table.role} in ('user', 'admin')`),
    check('virtual_key_status', sql`${table.status} in ('active', 'disabled')`),
    index('virtual_key_group').on(table.groupId),
  ],
);
