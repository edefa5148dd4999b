// The migrator: who may run it, when it refuses.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { LockTimeoutError, withAdvisoryLock } from '../../src/db/advisory-lock.ts';
import { connect, type DatabaseConnection } from '../../src/db/client.ts';
import { DatabaseMissingError } from '../../src/db/create-database.ts';
import {
  ensureDatabaseExists,
  findMigrations,
  MigrationError,
  migrateDatabase,
} from '../../src/db/migrate.ts';
import { createTestDatabase, testServer } from '../helpers/database.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { FIRST, SECOND, writeMigrations } from './migration-folder.ts';

async function emptyDatabase(t: Test): Promise<DatabaseConnection> {
  return (await createTestDatabase(t, { migrations: 'none' })).connection;
}

/** A name for a database that does not exist yet; dropped with the test. */
async function missingDatabase(
  t: Test,
): Promise<{ connection: DatabaseConnection; sql: ReturnType<typeof connect> }> {
  const server = await testServer();
  const name = `brc_missing_${process.pid}`;
  const sql = connect(server, { max: 1, database: 'postgres' });
  t.teardown(async () => {
    await sql`drop database if exists ${sql(name)} with (force)`;
    await sql.end();
  });
  return { connection: { ...server, database: name }, sql };
}

function openFor(t: Test, connection: DatabaseConnection) {
  const sql = connect(connection, { max: 1 });
  t.teardown(() => sql.end({ timeout: 0 }));
  return sql;
}

t.test(
  'four processes that migrate a missing database at once all come up, and each migration ran once',
  async (t) => {
    const folder = writeMigrations(join(temporaryFolder(t), 'drizzle'), [FIRST, SECOND]);
    const { connection } = await missingDatabase(t);
    const applied = await Promise.all([1, 2, 3, 4].map(() => migrateDatabase(connection, { folder })));
    t.strictSame(applied.flat().sort(), [FIRST.tag, SECOND.tag]);
    const sql = openFor(t, connection);
    const rows = await sql`select count(*)::int as n from drizzle.__drizzle_migrations`;
    t.equal(rows[0]?.n, 2);
    await sql.end();
  },
);

t.test('only what is missing is applied, and a database that is up to date stays as it is', async (t) => {
  const folder = join(temporaryFolder(t), 'drizzle');
  const connection = await emptyDatabase(t);
  t.strictSame(await migrateDatabase(connection, { folder: writeMigrations(folder, [FIRST]) }), [FIRST.tag]);
  t.strictSame(await migrateDatabase(connection, { folder: writeMigrations(folder, [FIRST, SECOND]) }), [
    SECOND.tag,
  ]);
  t.strictSame(await migrateDatabase(connection, { folder }), []);
});

t.test('a database that a newer version has migrated is refused and left alone', async (t) => {
  const folder = join(temporaryFolder(t), 'drizzle');
  const connection = await emptyDatabase(t);
  await migrateDatabase(connection, { folder: writeMigrations(folder, [FIRST, SECOND]) });
  writeMigrations(folder, [FIRST]);
  const refusal = await migrateDatabase(connection, { folder }).catch((error: unknown) => error);
  t.ok(refusal instanceof MigrationError);
  t.match(refusal, {
    message: /newer version \(2023-11-14 22:15; this one knows migrations up to 2023-11-14 22:13\)/,
  });
  t.notMatch(refusal, { message: /\n/ });
});

t.test('a migration dated before one already applied is reported, not skipped silently', async (t) => {
  const folder = join(temporaryFolder(t), 'drizzle');
  const connection = await emptyDatabase(t);
  await migrateDatabase(connection, { folder: writeMigrations(folder, [FIRST, SECOND]) });
  const late = { tag: '0002_late', when: FIRST.when + 1, sql: 'select 1;' };
  writeMigrations(folder, [FIRST, SECOND, late]);
  await t.rejects(migrateDatabase(connection, { folder }), {
    name: 'MigrationError',
    message: /0002_late is dated before/,
  });
});

t.test('a migration that fails leaves nothing of itself or of those applied with it', async (t) => {
  const broken = {
    ...SECOND,
    sql: 'alter table room add column name text;--> statement-breakpoint\nselect nonsense;',
  };
  const folder = writeMigrations(join(temporaryFolder(t), 'drizzle'), [FIRST, broken]);
  const connection = await emptyDatabase(t);
  await t.rejects(migrateDatabase(connection, { folder }));
  const sql = openFor(t, connection);
  const rows = await sql`select to_regclass('room') as room`;
  t.equal(rows[0]?.room, null);
  t.strictSame(await migrateDatabase(connection, { folder: writeMigrations(folder, [FIRST, SECOND]) }), [
    FIRST.tag,
    SECOND.tag,
  ]);
});

t.test('waiting for another migrator ends after the lock time-out with a clear line', async (t) => {
  const folder = writeMigrations(join(temporaryFolder(t), 'drizzle'), [FIRST]);
  const connection = await emptyDatabase(t);
  const other = openFor(t, connection);
  await withAdvisoryLock(other, 'migrate', { timeoutMs: 1000 }, async () => {
    const refusal = await migrateDatabase(connection, { folder, lockTimeoutMs: 100 }).catch(
      (error: unknown) => error,
    );
    t.ok(refusal instanceof LockTimeoutError);
    t.match(refusal, { message: /Another process has held the database's lock "migrate"/ });
  });
  t.strictSame(await migrateDatabase(connection, { folder, lockTimeoutMs: 100 }), [FIRST.tag], 'free again');
});

t.test('a missing database is created in UTF-8; an existing one is left alone', async (t) => {
  const { connection, sql } = await missingDatabase(t);
  t.equal(await ensureDatabaseExists(connection), true);
  t.equal(await ensureDatabaseExists(connection), false);
  const rows = await sql`
    select pg_encoding_to_char(encoding) as encoding from pg_database where datname = ${connection.database ?? ''}`;
  t.equal(rows[0]?.encoding, 'UTF8');
});

t.test('a missing database that may not be created names the statement to run', async (t) => {
  const { connection, sql } = await missingDatabase(t);
  const user = `brc_modest_${process.pid}`;
  await sql`create role ${sql(user)} login password 'irrelevant'`;
  t.teardown(() => sql`drop role ${sql(user)}`);
  const refusal = await ensureDatabaseExists({ ...connection, user }).catch((error: unknown) => error);
  t.ok(refusal instanceof DatabaseMissingError);
  t.match(refusal, { message: /permission denied.*CREATE DATABASE "brc_missing_\d+" ENCODING 'UTF8'/ });
});

t.test('a database that is not UTF-8 is refused', async (t) => {
  const { connection, sql } = await missingDatabase(t);
  await sql.unsafe(
    `create database ${connection.database} template template0 encoding 'LATIN1' locale 'C' locale_provider libc`,
  );
  const folder = writeMigrations(join(temporaryFolder(t), 'drizzle'), [FIRST]);
  await t.rejects(migrateDatabase(connection, { folder }), {
    name: 'MigrationError',
    message: /encoding is LATIN1/,
  });
});

t.test('migrations are found from the sources, from the build beside them, and from the tests', (t) => {
  const root = temporaryFolder(t);
  const folder = writeMigrations(join(root, 'drizzle'), []);
  for (const module of ['src/db', 'build/src/db', 'dist/server/db'])
    mkdirSync(join(root, module), { recursive: true });
  t.equal(findMigrations(join(root, 'src/db')), folder);
  t.equal(findMigrations(join(root, 'build/src/db')), folder);
  const travelled = writeMigrations(join(root, 'dist/server/drizzle'), []);
  t.equal(findMigrations(join(root, 'dist/server/db')), travelled, 'those of the build come first');
  t.throws(() => findMigrations(join(root, '..')), {
    name: 'MigrationError',
    message: /No migrations found/,
  });
  t.end();
});

t.test('the project has migrations, and a test database is made from them', async (t) => {
  const database = (await createTestDatabase(t)).open();
  const rows = await database.sql`select count(*)::int as n from drizzle.__drizzle_migrations`;
  t.ok(rows[0]?.n > 0);
});
