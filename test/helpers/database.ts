// A fresh, migrated PostgreSQL database per test, copied from a template that is migrated once per run. The server
// is the test runner's, or one of this process's own when a test file is run alone.
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { withAdvisoryLock } from '../../src/db/advisory-lock.ts';
import { connect, type Database, type DatabaseConnection, openDatabase } from '../../src/db/client.ts';
import { findMigrations, migrateDatabase } from '../../src/db/migrate.ts';
import { startTestServer } from './test-server.ts';

export interface OpenOptions {
  maxConnections?: number;
  timeZone?: string;
  /** Another way to the same database, as another role say. */
  connection?: DatabaseConnection;
}

export interface TestDatabase {
  readonly name: string;
  readonly connection: DatabaseConnection;
  /** The settings that lead a gateway process to this database. */
  readonly environment: Readonly<Record<string, string>>;
  /** A pool that is closed with the test. */
  open(options?: OpenOptions): Database;
}

export interface TestDatabaseOptions {
  /** A folder of migrations, or `none` for an empty database; default: the project's own. */
  migrations?: string | 'none';
}

/** Creates the database; it is dropped when the test ends, whoever is still connected. */
export async function createTestDatabase(
  test: Test,
  options: TestDatabaseOptions = {},
): Promise<TestDatabase> {
  const server = await testServer();
  const name = `brc_test_${process.pid}_${randomBytes(4).toString('hex')}`;
  const template =
    options.migrations === 'none' ? 'template0' : await ensureTemplate(server, options.migrations);
  // FILE_COPY forces a checkpoint but copies faster than the write-ahead log does; with fsync off that is cheap.
  await administer(server, (sql) =>
    sql.unsafe(`create database ${name} template ${template} strategy file_copy`),
  );
  test.teardown(() =>
    administer(server, (sql) => sql.unsafe(`drop database if exists ${name} with (force)`)),
  );
  const connection = within(server, name);
  return {
    name,
    connection,
    environment: environmentOf(connection),
    open({ maxConnections = 10, timeZone = 'UTC', connection: other = connection } = {}) {
      const database = openDatabase({ connection: other, maxConnections, timeZone });
      test.teardown(() => database.close(0));
      return database;
    },
  };
}

async function ensureTemplate(
  server: DatabaseConnection,
  folder = findMigrations(import.meta.dirname),
): Promise<string> {
  const name = `brc_template_${hashOf(folder)}`;
  await administer(server, (sql) =>
    withAdvisoryLock(sql, 'testTemplate', { timeoutMs: 60_000 }, async () => {
      const found = await sql`select 1 from pg_database where datname = ${name}`;
      if (found.length > 0) return;
      // Under another name until it is whole: a killed run must not leave half a template.
      const unfinished = `${name}_unfinished`;
      await sql.unsafe(`drop database if exists ${unfinished} with (force)`);
      await migrateDatabase(within(server, unfinished), { folder });
      await sql.unsafe(`alter database ${unfinished} rename to ${name}`);
    }),
  );
  return name;
}

async function administer(
  server: DatabaseConnection,
  work: (sql: ReturnType<typeof connect>) => Promise<unknown>,
) {
  const sql = connect(server, { max: 1, database: 'postgres', fetch_types: false });
  try {
    await work(sql);
  } finally {
    await sql.end({ timeout: 0 });
  }
}

function hashOf(folder: string): string {
  const hash = createHash('sha256');
  for (const file of readdirSync(folder).sort()) {
    if (file.endsWith('.sql')) hash.update(file).update(readFileSync(join(folder, file)));
  }
  return hash.digest('hex').slice(0, 12);
}

function within(server: DatabaseConnection, database: string): DatabaseConnection {
  if (server.url === undefined) return { ...server, database };
  const url = new URL(server.url);
  url.pathname = `/${database}`;
  return { url: url.href };
}

function environmentOf({
  url,
  path,
  host,
  port,
  user,
  password,
  database,
}: DatabaseConnection): Record<string, string> {
  if (url !== undefined) return { DATABASE_URL: url };
  return {
    // As everywhere in PostgreSQL, a host with a slash is the folder of the socket.
    PGSQL_HOST: path === undefined ? (host ?? '127.0.0.1') : dirname(path),
    PGSQL_PORT: path === undefined ? String(port ?? 5432) : basename(path).replace('.s.PGSQL.', ''),
    PGSQL_DATABASE: database ?? '',
    PGSQL_USER: user ?? '',
    ...(password !== undefined && { PGSQL_PASSWORD: password }),
  };
}

let ownServer: Promise<DatabaseConnection> | undefined;

/** The server of this run. */
export function testServer(): Promise<DatabaseConnection> {
  const { TEST_DATABASE_SOCKET: path, TEST_DATABASE_URL: url } = process.env;
  if (path) return Promise.resolve({ path, user: 'postgres' });
  if (url) return Promise.resolve({ url });
  ownServer ??= startOwnServer();
  return ownServer;
}

async function startOwnServer(): Promise<DatabaseConnection> {
  const server = await startTestServer((line) => t.comment(line));
  t.teardown(server.stop);
  return server.connection;
}
