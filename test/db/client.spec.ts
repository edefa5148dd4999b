// The pool: what a session is like, and how fast a dead database is noticed.
import { createServer, type Server, type Socket } from 'node:net';
import { sql as fragment } from 'drizzle-orm';
import { bigint, pgTable } from 'drizzle-orm/pg-core';
import t, { type Test } from 'tap';
import { connect, type DatabaseConnection, openDatabase } from '../../src/db/client.ts';
import { answerWithin, DatabaseTimeoutError, isDatabaseUnavailable } from '../../src/db/unavailable.ts';
import { createTestDatabase } from '../helpers/database.ts';

const CONTRACT_MS = 3000;

async function listen(t: Test, onConnection: (socket: Socket) => void): Promise<DatabaseConnection> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { host: '127.0.0.1', port, user: 'nobody', database: 'nothing' };
}

async function failureOf(work: PromiseLike<unknown>): Promise<{ error: unknown; ms: number }> {
  const begin = performance.now();
  try {
    await work;
  } catch (error) {
    return { error, ms: performance.now() - begin };
  }
  throw new Error('It did not fail');
}

t.test('the session lives in the billing zone, so that SQL months are billing months', async (t) => {
  const { sql } = (await createTestDatabase(t, { migrations: 'none' })).open({
    timeZone: 'Pacific/Kiritimati',
  });
  const [row] = await sql`
    select current_setting('TimeZone') as zone, current_setting('application_name') as name,
      date_trunc('month', timestamptz '2026-01-31T12:00:00Z')::text as month`;
  t.match({ ...row }, { zone: 'Pacific/Kiritimati', month: '2026-02-01 00:00:00+14' });
  t.match(row?.name, /^brconnector [0-9a-f]{8}$/);
});

t.test(
  'raw SQL returns strings for wide numbers and times; drizzle columns follow their own mode',
  async (t) => {
    const { sql, db } = (await createTestDatabase(t, { migrations: 'none' })).open();
    const [raw] = await sql`
    select 9007199254740993::int8 as big, 1::int4 as small, 1.50::numeric as exact, sum(7::int8) as sum,
      timestamptz '2026-01-01T00:00:00Z' as time, ${JSON.stringify({ a: [1] })}::text::jsonb as json`;
    t.strictSame(
      { ...raw },
      {
        big: '9007199254740993',
        small: 1,
        exact: '1.50',
        sum: '7',
        time: '2026-01-01 00:00:00+00',
        json: { a: [1] },
      },
    );
    await sql`create table wallet (held_amount bigint not null)`;
    const wallet = pgTable('wallet', { heldAmount: bigint({ mode: 'bigint' }).notNull() });
    await db.insert(wallet).values({ heldAmount: 9007199254740993n });
    t.strictSame(await db.select().from(wallet), [{ heldAmount: 9007199254740993n }], 'snake_case by itself');
  },
);

t.test('a process never holds more connections than it may, the listening one included', async (t) => {
  const database = await createTestDatabase(t, { migrations: 'none' });
  const { sql, prioritySql } = database.open({ maxConnections: 4 });
  await sql.listen('news', () => undefined);
  // All at once: the first wave holds its connections until the last one of it has counted.
  const waves = Array.from(
    { length: 12 },
    (_, index) => (index % 2 === 0 ? sql : prioritySql)<[{ n: number }]>`
    select count(*)::int as n from pg_stat_activity, pg_sleep(0.05) where datname = ${database.name}`,
  );
  const counts = (await Promise.all(waves)).map(([row]) => row.n);
  t.equal(Math.max(...counts), 4);
});

t.test('debugging shows statements and never what users wrote', async (t) => {
  const { connection } = await createTestDatabase(t, { migrations: 'none' });
  const lines: string[] = [];
  const database = openDatabase({
    connection,
    maxConnections: 2,
    timeZone: 'UTC',
    debug: (line) => lines.push(line),
  });
  await database.sql`select ${'a secret prompt'}::text as prompt`;
  await database.close();
  t.match(lines.join('\n'), /select \$1::text as prompt/);
  t.notMatch(lines.join('\n'), /secret/);
});

t.test('closing waits for the running query, cuts after the grace, and works twice', async (t) => {
  const { connection } = await createTestDatabase(t, { migrations: 'none' });
  const open = () => openDatabase({ connection, maxConnections: 2, timeZone: 'UTC' });
  const patient = open();
  const running = patient.sql`select 1 as one from pg_sleep(0.1)`.then((rows) => rows[0]?.one);
  await patient.close();
  t.equal(await running, 1);
  await patient.close();
  const hasty = open();
  const cut = failureOf(hasty.sql`select pg_sleep(60)`);
  await hasty.sql`select 1`.catch(() => undefined).finally(() => undefined);
  await hasty.close(50);
  const { error, ms } = await cut;
  t.ok(isDatabaseUnavailable(error));
  t.ok(ms < CONTRACT_MS);
});

t.test('a database that refuses connections is noticed at once, the tenth time as the first', async (t) => {
  const connection = await listen(t, () => undefined);
  const refused = { ...connection, port: 1 };
  const { sql, db, close } = openDatabase({ connection: refused, maxConnections: 4, timeZone: 'UTC' });
  t.teardown(() => close(0));
  for (let attempt = 1; attempt <= 10; attempt += 1) {
    const { error, ms } = await failureOf(attempt % 2 ? sql`select 1` : db.execute(fragment`select 1`));
    if (!isDatabaseUnavailable(error) || ms > 1000) t.fail(`attempt ${attempt}: ${error} after ${ms} ms`);
  }
  t.pass('ten of ten');
});

t.test('a database that accepts and stays silent is noticed within three seconds', async (t) => {
  const database = openDatabase({
    connection: await listen(t, () => undefined),
    maxConnections: 2,
    timeZone: 'UTC',
  });
  t.teardown(() => database.close(0));
  const { error, ms } = await failureOf(database.sql`select 1`);
  t.ok(isDatabaseUnavailable(error), String(error));
  t.ok(ms < CONTRACT_MS, `${ms} ms`);
});

t.test(
  'a proxy that accepts and closes, a frozen server and a full pool are noticed by answerWithin',
  async (t) => {
    const closing = connect(await listen(t, (socket) => socket.end()), { max: 1 });
    t.teardown(() => closing.end({ timeout: 0 }));
    const full = (await createTestDatabase(t, { migrations: 'none' })).open({ maxConnections: 2 });
    const blocker = full.sql`select pg_sleep(60)`.catch(() => undefined);
    const [first, second] = await Promise.all([
      failureOf(answerWithin(closing`select 1`, 300)),
      failureOf(answerWithin(full.sql`select 1`, 300)),
    ]);
    for (const { error, ms } of [first, second]) {
      t.ok(error instanceof DatabaseTimeoutError);
      t.ok(isDatabaseUnavailable(error));
      t.ok(ms < 1000);
    }
    await full.close(0);
    await blocker;
  },
);

t.test('an answer in time passes through answerWithin, a failure keeps its own error', async (t) => {
  t.equal(await answerWithin(Promise.resolve(7), 1000), 7);
  await t.rejects(answerWithin(Promise.reject(new Error('own')), 1000), { message: 'own' });
});

t.test('absence is told from a mistake in SQL, through whatever wraps it', async (t) => {
  const { db } = (await createTestDatabase(t, { migrations: 'none' })).open();
  const { error: mistake } = await failureOf(db.execute(fragment`select nonsense`));
  t.notOk(isDatabaseUnavailable(mistake));
  const withCode = (code: string) => Object.assign(new Error('x'), { code });
  t.ok(isDatabaseUnavailable(new Error('drizzle', { cause: withCode('57P01') })));
  t.ok(isDatabaseUnavailable(withCode('08006')));
  t.ok(isDatabaseUnavailable(new AggregateError([withCode('ECONNREFUSED')])));
  t.notOk(isDatabaseUnavailable(withCode('23505')));
  t.notOk(isDatabaseUnavailable('ECONNREFUSED'));
});
