// Brings a database to the shape this version knows: creates it if need be, then applies the migrations of
// drizzle-kit, one process at a time. Never touches a database that a newer version has migrated.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import type postgres from 'postgres';
import { withAdvisoryLock } from './advisory-lock.ts';
import { connect, type DatabaseConnection } from './client.ts';
import { ensureDatabaseExists } from './create-database.ts';

export { ensureDatabaseExists };

/** The database cannot be used by this version; the message is one line for the operator. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

export interface MigrateOptions {
  /** A folder with `meta/_journal.json`; default: the `drizzle` folder above this module. */
  folder?: string;
  /** How long to wait for another process that is migrating; default 60 s. */
  lockTimeoutMs?: number;
}

interface Migration {
  tag: string;
  /** Unix ms; drizzle orders and recognises migrations by it. */
  when: number;
}

/** Oldest PostgreSQL the SQL is written for. */
const OLDEST_SERVER_VERSION = 150_000;
/** A migration that waits longer for a table in use fails, instead of queueing all traffic behind itself. */
const TABLE_LOCK_TIMEOUT_MS = 15_000;

/**
 * Applies what is missing, all in one transaction. Any number of processes may call it at once.
 * @returns the names of the migrations that were applied now
 * @throws MigrationError, LockTimeoutError, DatabaseMissingError, or what PostgreSQL says
 */
export async function migrateDatabase(
  connection: DatabaseConnection,
  options: MigrateOptions = {},
): Promise<string[]> {
  const folder = options.folder ?? findMigrations(import.meta.dirname);
  await ensureDatabaseExists(connection);
  // The lock is the session's: one connection, never replaced while we work.
  const sql = connect(connection, {
    max: 1,
    max_lifetime: null,
    connection: { application_name: 'brconnector migrate', TimeZone: 'UTC' },
  });
  try {
    await refuseUnsuitableServer(sql);
    return await withAdvisoryLock(sql, 'migrate', { timeoutMs: options.lockTimeoutMs ?? 60_000 }, () =>
      applyMissing(sql, folder),
    );
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function applyMissing(sql: postgres.Sql, folder: string): Promise<string[]> {
  const known = readJournal(folder);
  const before = await appliedTimes(sql);
  refuseNewerDatabase(before, known);
  // A role that only serves may not even create what is there.
  if (known.every(({ when }) => before.has(when))) return [];
  await sql`select set_config('lock_timeout', ${String(TABLE_LOCK_TIMEOUT_MS)}, false)`;
  await migrate(drizzle(sql), { migrationsFolder: folder });
  const after = await appliedTimes(sql);
  // drizzle skips without a word what is dated before the last one applied (two branches merged in the wrong order).
  const skipped = known.find(({ when }) => !after.has(when));
  if (skipped)
    throw new MigrationError(`Migration ${skipped.tag} is dated before one already applied: regenerate it`);
  return known.filter(({ when }) => !before.has(when)).map(({ tag }) => tag);
}

function refuseNewerDatabase(applied: ReadonlySet<number>, known: readonly Migration[]): void {
  const newestKnown = Math.max(0, ...known.map(({ when }) => when));
  const newest = Math.max(0, ...applied);
  if (newest <= newestKnown) return;
  throw new MigrationError(
    `The database was migrated by a newer version (${day(newest)}; this one knows migrations up to ` +
      `${day(newestKnown)}): start that version, or restore a backup from before`,
  );
}

async function appliedTimes(sql: postgres.Sql): Promise<Set<number>> {
  const [table] = await sql<[{ exists: boolean }]>`
    select to_regclass('drizzle.__drizzle_migrations') is not null as exists`;
  if (!table.exists) return new Set();
  const rows = await sql<
    { when: string }[]
  >`select created_at::text as when from drizzle.__drizzle_migrations`;
  return new Set(rows.map((row) => Number(row.when)));
}

async function refuseUnsuitableServer(sql: postgres.Sql): Promise<void> {
  const [server] = await sql<[{ version: number; encoding: string }]>`
    select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding`;
  if (server.version < OLDEST_SERVER_VERSION) throw new MigrationError('PostgreSQL 15 or newer is needed');
  if (server.encoding !== 'UTF8') {
    throw new MigrationError(`The database's encoding is ${server.encoding}: create it with ENCODING 'UTF8'`);
  }
}

function readJournal(folder: string): Migration[] {
  const journalFile = join(folder, 'meta', '_journal.json');
  if (!existsSync(journalFile)) throw new MigrationError(`No migrations found: ${journalFile} is missing`);
  // Written by drizzle-kit and shipped with this code; an empty project has no entries.
  const journal = JSON.parse(readFileSync(journalFile, 'utf8')) as { entries?: Migration[] };
  return journal.entries ?? [];
}

/**
 * The `drizzle` folder at or above a module: the project's root for src/ and build/src/, dist/server/ for the
 * build, where it travels along.
 * @throws MigrationError
 */
export function findMigrations(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'drizzle');
    if (existsSync(join(candidate, 'meta', '_journal.json'))) return candidate;
    if (folder === dirname(folder))
      throw new MigrationError(`No migrations found in a folder "drizzle" above ${from}`);
  }
}

function day(unixMs: number): string {
  return unixMs === 0 ? 'none' : new Date(unixMs).toISOString().slice(0, 16).replace('T', ' ');
}
