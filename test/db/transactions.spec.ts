// A connection may go at any point of a transaction; the transaction fails, and nothing else does.
import { once } from 'node:events';
import { type AddressInfo, connect as connectSocket, createServer } from 'node:net';
import { sql as fragment } from 'drizzle-orm';
import t, { type Test } from 'tap';
import { openDatabase } from '../../src/db/client.ts';
import { isDatabaseUnavailable } from '../../src/db/unavailable.ts';
import { createTestDatabase } from '../helpers/database.ts';
import { startDatabaseProxy } from '../helpers/database-proxy.ts';

async function openThroughWire(t: Test) {
  const target = await createTestDatabase(t, { migrations: 'none' });
  const proxy = await startDatabaseProxy(t, target);
  // One connection in the pool: if it is spoilt, everything is.
  const { sql, db } = proxy.database.open({ maxConnections: 3 });
  const witness = target.open().sql;
  await witness`create table note (text text)`;
  return { proxy, sql, db, witness };
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

async function sleeping(witness: Awaited<ReturnType<typeof openThroughWire>>['witness']): Promise<void> {
  for (;;) {
    const [row] =
      await witness`select 1 from pg_stat_activity where query like '%pg_sleep(600)%' and pid <> pg_backend_pid()`;
    if (row) return;
  }
}

t.test('a connection that goes while a statement of a transaction runs fails only that', async (t) => {
  const { proxy, sql, db, witness } = await openThroughWire(t);
  const ways: Record<string, () => Promise<unknown>> = {
    drizzle: () =>
      db.transaction(async (tx) => {
        await tx.execute(fragment`insert into note values ('lost')`);
        await tx.execute(fragment`select pg_sleep(600)`);
      }),
    begin: () =>
      sql.begin(async (tx) => {
        await tx`insert into note values ('lost')`;
        await tx`select pg_sleep(600)`;
      }),
    savepoint: () => sql.begin((tx) => tx.savepoint(async (inner) => inner`select pg_sleep(600)`)),
  };
  for (const [name, start] of Object.entries(ways)) {
    const failure = failureOf(start());
    await sleeping(witness);
    await proxy.cut();
    t.ok(isDatabaseUnavailable(await failure), `${name} says that the database is away`);
    await witness`select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(600)%' and pid <> pg_backend_pid()`;
    await proxy.join();
    for (const _ of [1, 2, 3]) t.same(await sql`select 1 as one`, [{ one: 1 }], `${name}: the pool works`);
  }
  t.same(await witness`select * from note`, []);
});

t.test('a connection that goes between two statements of a transaction fails only that', async (t) => {
  const { proxy, sql, witness } = await openThroughWire(t);
  for (const last of ['statement', 'commit']) {
    const failure = failureOf(
      sql.begin(async (tx) => {
        await tx`insert into note values ('lost')`;
        await proxy.cut();
        await new Promise((resolve) => setTimeout(resolve, 50));
        if (last === 'statement') await tx`select 1`;
      }),
    );
    t.ok(isDatabaseUnavailable(await failure), last);
    await proxy.join();
    for (const _ of [1, 2, 3]) t.same(await sql`select 1 as one`, [{ one: 1 }], `${last}: the pool works`);
  }
  t.same(await witness`select * from note`, []);
});

t.test('a server that ends the session, and work that fails by itself, leave the pool whole', async (t) => {
  const { sql, witness } = await openThroughWire(t);
  const ended = failureOf(sql.begin((tx) => tx`select pg_sleep(600)`));
  await sleeping(witness);
  await witness`select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(600)%' and pid <> pg_backend_pid()`;
  t.ok(isDatabaseUnavailable(await ended));
  // The next one may still meet the connection that is closing.
  await failureOf(sql`select 1`);
  const failed = await failureOf(
    sql.begin(async (tx) => {
      await tx`insert into note values ('lost')`;
      throw new Error('our own');
    }),
  );
  t.match(failed, { message: 'our own' });
  await sql.begin((tx) => tx`insert into note values ('kept')`);
  t.same(await sql`select * from note`, [{ text: 'kept' }]);
});

t.test('a connection that goes before it is set up fails the query that wanted it', async (t) => {
  const target = await createTestDatabase(t, { migrations: 'none' });
  const { path = '' } = target.connection;
  let cuts = 0;
  const server = createServer((near) => {
    const far = connectSocket(path);
    for (const socket of [near, far]) socket.on('error', () => undefined);
    far.pipe(near);
    near.on('data', (bytes) => {
      // The first statement on the new connection, whichever it is.
      if (!/select|insert/.test(bytes.toString()) || cuts > 2) return void far.write(bytes);
      cuts += 1;
      near.resetAndDestroy();
      far.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  // A TCP server has a port.
  const { port } = server.address() as AddressInfo;
  const { path: _path, ...rest } = target.connection;
  const { sql, close } = openDatabase({
    connection: { ...rest, host: '127.0.0.1', port },
    maxConnections: 3,
    timeZone: 'UTC',
  });
  t.teardown(() => close(0));
  for (const _ of [1, 2, 3]) t.ok(isDatabaseUnavailable(await failureOf(sql`select 1`)));
  t.same(await sql`select 1 as one`, [{ one: 1 }]);
});

t.test('arrays go in and come out as lists', async (t) => {
  const { sql } = (await createTestDatabase(t, { migrations: 'none' })).open();
  const words = ['plain', 'a "quoted, one', 'back\\slash', '', '{}'];
  const [row] = await sql`
    select ${words}::text[] as words, ${[1, 2]}::bigint[] as wide, array[3, 4] as small, array[true, false] as flags,
      '{}'::text[] as none, array_agg(x) as gathered, 2 = any(${[1, 2]}::bigint[]) as found
    from generate_series(1, 2) as g(x)`;
  t.same(
    { ...row },
    {
      ...{ words, wide: ['1', '2'], small: [3, 4], flags: [true, false], none: [], gathered: [1, 2] },
      found: true,
    },
  );
});
