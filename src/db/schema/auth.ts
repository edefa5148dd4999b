import { sql } from 'drizzle-orm';
import { bigint, check, index, integer, pgTable, text } from 'drizzle-orm/pg-core';
import { moment } from './columns.ts';
import { key } from './keys.ts';

/** Somebody signed in to the console. The cookie holds a random token; only its digest is here. */
export const consoleSession = pgTable(
  'console_session',
  {
    tokenDigest: text().primaryKey(),
    /** Null: the bootstrap key. */
    keyId: bigint({ mode: 'number' }).references(() => key.id),
    /** Digest of the secret that signed in: a rotated secret ends its sessions. */
    keyDigest: text().notNull(),
    createdAt: moment().notNull().defaultNow(),
    expiresAt: moment().notNull(),
  },
  (table) => [index('console_session_expiry').on(table.expiresAt)],
);

/**
 * Digests of imported secrets that have the form of ours without its checksum: they must not be taken for typing
 * errors. Hardly any; every process has them in memory.
 */
export const exemptSecret = pgTable('exempt_secret', {
  digest: text().primaryKey(),
  createdAt: moment().notNull().defaultNow(),
});

/** One row: what every replica on this database must agree on. */
export const installation = pgTable(
  'installation',
  {
    id: integer().primaryKey().default(1),
    /** Tells a replica with another pepper that no key would work for it. */
    pepperFingerprint: text().notNull(),
    /** The billing calendar, so that all replicas and all connections agree: IANA name; first day of a billing month. */
    timeZone: text().notNull().default('UTC'),
    anchorDay: integer().notNull().default(1),
    createdAt: moment().notNull().defaultNow(),
  },
  (table) => [check('installation_anchor_day', sql`${table.anchorDay} between 1 and 28`)],
);
