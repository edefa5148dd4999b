import { index, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import { identity, moment } from './columns.ts';

/** Every change an administrator made, append-only (a trigger refuses UPDATE, DELETE and TRUNCATE). No secrets. */
export const auditLog = pgTable(
  'audit_log',
  {
    id: identity(),
    /** `bootstrap` or `key:<id>`. */
    actor: text().notNull(),
    /** What was done, e.g. `key.update`. */
    action: text().notNull(),
    /** What it was done to, e.g. `key:12`. */
    target: text().notNull(),
    /** The members that changed, before and after; null where there was nothing. */
    before: jsonb().$type<Record<string, unknown>>(),
    after: jsonb().$type<Record<string, unknown>>(),
    requestId: text().notNull(),
    createdAt: moment().notNull().defaultNow(),
  },
  (table) => [
    index('audit_log_target').on(table.target, table.id),
    index('audit_log_actor').on(table.actor, table.id),
    index('audit_log_created').using('brin', table.createdAt),
  ],
);
