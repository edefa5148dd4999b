// The life of the embedded database: starts, deaths, and processes that share it.
import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { connect, type DatabaseConnection } from '../../src/db/client.ts';
import { type EmbeddedPostgresOptions, startEmbeddedPostgres } from '../../src/db/embedded/index.ts';
import { readPostmaster } from '../../src/db/embedded/postmaster-file.ts';
import { startNodeProcess } from '../helpers/node-process.ts';
import { fastTemporaryFolder } from '../helpers/temporary-folder.ts';

/** What is committed survives a killed process, not a killed machine. */
const SURVIVES_KILLING = { fsync: 'off' };
const isRoot = process.getuid?.() === 0;
const pidFile = (dataDir: string) => join(dataDir, 'postgres', 'data', 'postmaster.pid');
const postmasterPid = (dataDir: string) => Number(readFileSync(pidFile(dataDir), 'utf8').split('\n')[0]);

async function start(t: Test, dataDir: string, options: Partial<EmbeddedPostgresOptions> = {}) {
  const warnings: string[] = [];
  const log = { info() {}, warn: (line: string) => void warnings.push(line) };
  const embedded = await startEmbeddedPostgres({ dataDir, log, settings: SURVIVES_KILLING, ...options });
  t.teardown(embedded.stop);
  return { ...embedded, warnings };
}

async function ask<T>(
  connection: DatabaseConnection,
  work: (sql: ReturnType<typeof connect>) => Promise<T>,
): Promise<T> {
  const sql = connect(connection, { max: 1, connection: { client_min_messages: 'warning' } });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 0 });
  }
}

const remember = (connection: DatabaseConnection) =>
  ask(connection, async (sql) => {
    await sql`create table if not exists memory (n int)`;
    await sql`insert into memory values (1)`;
  });
const memories = (connection: DatabaseConnection) =>
  ask(connection, async (sql) => (await sql<[{ n: number }]>`select count(*)::int as n from memory`)[0].n);

const child = (t: Test, dataDir: string) =>
  startNodeProcess(t, { module: './embedded-child', from: import.meta.url, args: [dataDir, 'off'] });
const connectionFrom = (line: string): DatabaseConnection => JSON.parse(line);

/** An event that nobody announces to us: looks until another server than `pid` is ready. */
async function untilServerIsAnother(dataDir: string, pid: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const postmaster = readPostmaster(join(dataDir, 'postgres', 'data'));
    if (postmaster?.isReady && postmaster.pid !== pid) return;
    if (Date.now() > deadline) throw new Error('No other server came up');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

let template: Promise<string> | undefined;

/** A DATA_DIR with a database in it that was never used; copied, because making one takes most of a second. */
async function usedDataDir(t: Test): Promise<string> {
  template ??= makeTemplate();
  const dataDir = join(fastTemporaryFolder(t), 'data');
  cpSync(await template, dataDir, { recursive: true, filter: (path) => !path.endsWith('socket') });
  chmodSync(dataDir, 0o711);
  return dataDir;
}

async function makeTemplate(): Promise<string> {
  const dataDir = join(fastTemporaryFolder(t), 'data');
  const log = { info() {}, warn() {} };
  const embedded = await startEmbeddedPostgres({ dataDir, log, settings: SURVIVES_KILLING });
  await embedded.stop();
  return dataDir;
}

t.test(
  'the first start makes a UTF-8 database, a later one finds its data, and stopping leaves nothing running',
  async (t) => {
    const dataDir = join(fastTemporaryFolder(t), 'new', 'data');
    const first = await start(t, dataDir);
    await remember(first.connection);
    const [row] = await ask(
      first.connection,
      (sql) => sql`
    select current_setting('server_encoding') as encoding, lower('ÄÖ') as lower, 'b' < 'ä' as sorted,
      current_setting('fsync') as fsync, current_setting('listen_addresses') as listen`,
    );
    t.strictSame({ ...row }, { encoding: 'UTF8', lower: 'äö', sorted: true, fsync: 'off', listen: '' });
    await first.stop();
    await first.stop();
    t.notOk(existsSync(pidFile(dataDir)));
    const second = await start(t, dataDir);
    t.equal(await memories(second.connection), 1);
    t.strictSame(second.connection, first.connection);
    t.strictSame(second.warnings, []);
  },
);

t.test('durability is on unless a test says otherwise, and failing statements are not logged', async (t) => {
  const dataDir = await usedDataDir(t);
  const { connection } = await start(t, dataDir, { settings: {} });
  await t.rejects(ask(connection, (sql) => sql.unsafe(`select 'a secret prompt'::int`)));
  const [row] = await ask(
    connection,
    (sql) => sql`
    select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
      current_setting('full_page_writes') as pages`,
  );
  t.strictSame({ ...row }, { fsync: 'on', commit: 'on', pages: 'on' });
  t.notMatch(readFileSync(join(dataDir, 'postgres', 'server.log'), 'utf8'), /secret/);
});

t.test('the data and the socket are closed to other users', async (t) => {
  const dataDir = await usedDataDir(t);
  const { connection } = await start(t, dataDir);
  const mode = (path: string) => statSync(path).mode & 0o077;
  t.equal(mode(join(dataDir, 'postgres')), 0);
  t.equal(mode(join(dataDir, 'postgres', 'data')), 0);
  t.equal(mode(connection.path ?? ''), 0);
  t.equal(mode(join(dataDir, 'postgres', 'socket')), 0);
});

t.test(
  'a process that is killed leaves the server running, and the next one takes it over and stops it',
  async (t) => {
    const dataDir = await usedDataDir(t);
    const killed = child(t, dataDir);
    await remember(connectionFrom(await killed.line()));
    const pid = postmasterPid(dataDir);
    await killed.kill('SIGKILL');
    const next = await start(t, dataDir);
    t.equal(postmasterPid(dataDir), pid, 'the same server');
    t.equal(await memories(next.connection), 1);
    await next.stop();
    t.notOk(existsSync(pidFile(dataDir)));
  },
);

t.test('a server killed together with its process loses nothing that was committed', async (t) => {
  const dataDir = await usedDataDir(t);
  const killed = child(t, dataDir);
  await remember(connectionFrom(await killed.line()));
  const gone = killed.kill('SIGKILL');
  process.kill(postmasterPid(dataDir), 'SIGKILL');
  await gone;
  t.ok(existsSync(pidFile(dataDir)), 'its lock file is left');
  const next = await start(t, dataDir);
  t.equal(await memories(next.connection), 1);
});

t.test('a server that is killed comes back at the same place while its process lives', async (t) => {
  const dataDir = await usedDataDir(t);
  const { connection, warnings } = await start(t, dataDir);
  await remember(connection);
  const pid = postmasterPid(dataDir);
  process.kill(pid, 'SIGKILL');
  await untilServerIsAnother(dataDir, pid);
  t.equal(await memories(connection), 1);
  t.match(warnings, [/has gone; starting it again/]);
});

t.test(
  'two processes that start at once on an empty folder share one server; the last to leave stops it',
  async (t) => {
    const dataDir = join(fastTemporaryFolder(t), 'data');
    const processes = [child(t, dataDir), child(t, dataDir)] as const;
    const [one, two] = await Promise.all(processes.map(async (each) => connectionFrom(await each.line())));
    t.strictSame(one, two);
    await remember(one ?? {});
    const pid = postmasterPid(dataDir);
    t.equal(await processes[0].finish(), 0);
    t.equal(await memories(two ?? {}), 1);
    t.equal(postmasterPid(dataDir), pid);
    t.equal(await processes[1].finish(), 0);
    t.notOk(existsSync(pidFile(dataDir)));
  },
);

t.test('one that starts while the last one stops waits and then has a server of its own', async (t) => {
  const dataDir = await usedDataDir(t);
  const leaving = await start(t, dataDir);
  await remember(leaving.connection);
  const [, coming] = await Promise.all([leaving.stop(), start(t, dataDir)]);
  t.equal(await memories(coming.connection), 1);
});

t.test('a DATA_DIR too deep for a socket has its socket elsewhere, in a private folder', async (t) => {
  const dataDir = join(fastTemporaryFolder(t), 'deep'.repeat(20), 'deeper'.repeat(10));
  const { connection } = await start(t, dataDir);
  t.teardown(() => rmSync(dirname(connection.path ?? ''), { recursive: true, force: true }));
  t.ok(Buffer.byteLength(connection.path ?? '') <= 100);
  t.equal(statSync(join(connection.path ?? '', '..')).mode & 0o077, 0);
  await remember(connection);
  t.equal(await memories(connection), 1);
});

t.test('over TCP (as on Windows) it asks for a password and listens on the loopback only', async (t) => {
  const dataDir = join(fastTemporaryFolder(t), 'data');
  const { connection } = await start(t, dataDir, { transport: 'tcp' });
  await remember(connection);
  await t.rejects(memories({ ...connection, password: 'wrong' }), { code: '28P01' });
  const [row] = await ask(connection, (sql) => sql`select current_setting('listen_addresses') as listen`);
  t.equal(row?.listen, '127.0.0.1');
  const pid = postmasterPid(dataDir);
  process.kill(pid, 'SIGKILL');
  await untilServerIsAnother(dataDir, pid);
  t.equal(await memories(connection), 1, 'and it comes back on the same port');
});

const NEEDS_PROC = process.platform === 'linux' ? false : 'only Linux tells what a process id is';
t.test(
  'a lock file whose process id belongs to another program now does not stop the start',
  { skip: NEEDS_PROC },
  async (t) => {
    const dataDir = await usedDataDir(t);
    const before = await start(t, dataDir);
    await remember(before.connection);
    const content = readFileSync(pidFile(dataDir), 'utf8');
    await before.stop();
    const owner = statSync(join(dataDir, 'postgres', 'data'));
    const bystander = spawn('sleep', ['60'], isRoot ? { uid: owner.uid, gid: owner.gid } : {});
    t.teardown(() => bystander.kill());
    for (const lock of [pidFile(dataDir), `${before.connection.path}.lock`]) {
      writeFileSync(lock, content.replace(/^\d+/, String(bystander.pid)));
    }
    const after = await start(t, dataDir);
    t.equal(await memories(after.connection), 1);
    t.match(after.warnings, [/lock file/]);
  },
);

t.test('a data directory of another major version is refused with a clear line', async (t) => {
  const dataDir = join(fastTemporaryFolder(t), 'data');
  mkdirSync(join(dataDir, 'postgres', 'data'), { recursive: true, mode: 0o711 });
  writeFileSync(join(dataDir, 'postgres', 'data', 'PG_VERSION'), '15\n');
  await t.rejects(start(t, dataDir), {
    name: 'EmbeddedPostgresError',
    message: /made by PostgreSQL 15, this is PostgreSQL 18/,
  });
});

t.test(
  'a folder that is in the way, and settings the server refuses, are reported in one line',
  async (t) => {
    const inTheWay = join(fastTemporaryFolder(t), 'data');
    mkdirSync(join(inTheWay, 'postgres', 'data'), { recursive: true, mode: 0o711 });
    writeFileSync(join(inTheWay, 'postgres', 'data', 'holiday.jpg'), '');
    await t.rejects(start(t, inTheWay), {
      name: 'EmbeddedPostgresError',
      message: /not a PostgreSQL data directory$/,
    });
    const refused = start(t, await usedDataDir(t), { settings: { nonsense: '1' } });
    await t.rejects(refused, {
      name: 'EmbeddedPostgresError',
      message: /^[^\n]*unrecognized configuration parameter[^\n]*$/,
    });
  },
);
