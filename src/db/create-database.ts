// Creating the database itself, for operators who named one that does not exist yet.
import { connect, type DatabaseConnection } from './client.ts';
import { answerWithin } from './unavailable.ts';

/** The database does not exist and could not be created; the message says what to run. */
export class DatabaseMissingError extends Error {
  override readonly name = 'DatabaseMissingError';
}

/** Database that every cluster has, to connect to while ours is missing. */
const MAINTENANCE_DATABASE = 'postgres';
const MISSING = '3D000';
/** Another process created it at the same moment: duplicate_database, unique_violation on pg_database. */
const CREATED_MEANWHILE = new Set(['42P04', '23505']);
/** Creating copies a template; slow disks take seconds. */
const CREATE_WITHIN_MS = 60_000;

/**
 * Connects once; creates the database (UTF-8) when the server says that it does not exist.
 * @returns whether it was created now
 * @throws DatabaseMissingError when it may not be created; otherwise what the connection says
 */
export async function ensureDatabaseExists(connection: DatabaseConnection): Promise<boolean> {
  const probe = connect(connection, { max: 1, fetch_types: false });
  try {
    await answerWithin(probe`select 1`);
    return false;
  } catch (error) {
    if (codeOf(error) !== MISSING) throw error;
    return await createDatabase(connection, probe.options.database);
  } finally {
    await probe.end({ timeout: 0 });
  }
}

async function createDatabase(connection: DatabaseConnection, name: string): Promise<boolean> {
  const sql = connect(connection, { max: 1, database: MAINTENANCE_DATABASE, fetch_types: false });
  try {
    await answerWithin(
      sql`create database ${sql(name)} template template0 encoding 'UTF8'`,
      CREATE_WITHIN_MS,
    );
    return true;
  } catch (error) {
    if (CREATED_MEANWHILE.has(codeOf(error))) return false;
    const reason = error instanceof Error ? error.message : String(error);
    throw new DatabaseMissingError(
      `The database "${name}" does not exist and could not be created (${reason}); ` +
        `as an administrator run: CREATE DATABASE "${name.replaceAll('"', '""')}" ENCODING 'UTF8' TEMPLATE template0`,
      { cause: error },
    );
  } finally {
    await sql.end({ timeout: 0 });
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
