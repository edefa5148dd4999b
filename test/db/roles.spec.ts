// Two roles: one owns and migrates, the other serves and cannot touch what is append-only.
import { randomBytes } from 'node:crypto';
import t, { type Test } from 'tap';
import { connect, type DatabaseConnection } from '../../src/db/client.ts';
import { grantToServingRole } from '../../src/db/grants.ts';
import { migrateDatabase } from '../../src/db/migrate.ts';
import { createTestDatabase, testServer } from '../helpers/database.ts';
import { startTestGateway } from '../helpers/gateway.ts';

async function servingRole(t: Test, database: DatabaseConnection): Promise<DatabaseConnection> {
  const user = `brc_serving_${randomBytes(4).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  const sql = connect(database, { max: 1 });
  await sql.unsafe(`create role ${user} login password '${password}'`);
  t.teardown(async () => {
    const administrator = connect({ ...(await testServer()), database: 'postgres' }, { max: 1 });
    await administrator.unsafe(`drop owned by ${user}`);
    await administrator.unsafe(`drop role if exists ${user}`);
    await administrator.end();
  });
  t.teardown(async () => {
    await sql.unsafe(`drop owned by ${user}`);
    await sql.end();
  });
  return { ...database, user, password };
}

t.test('a gateway serves with a role that cannot change ledger or audit log', async (t) => {
  const database = await createTestDatabase(t);
  const serving = await servingRole(t, database.connection);
  await grantToServingRole(database.connection, serving);
  t.same(await migrateDatabase(serving), [], 'it starts where nothing is to be migrated');

  const gateway = await startTestGateway(t, {
    database: { ...database, open: (options) => database.open({ ...options, connection: serving }) },
  });
  const key = await gateway.createKey({ balance: '1' });
  t.equal((await gateway.chat(key)).status, 200);
  await gateway.recorded(1);
  t.equal(await gateway.auditFaults(), 0);

  const { sql } = gateway.database;
  const [{ role }] = await sql<[{ role: string }]>`select current_user as role`;
  t.equal(role, serving.user);
  for (const statement of [
    'update ledger set balance_change = 0',
    'delete from ledger',
    'truncate ledger',
    'alter table ledger disable trigger user',
    'drop trigger ledger_is_append_only on ledger',
    "update audit_log set actor = 'nobody'",
    'delete from audit_log',
  ])
    await t.rejects(sql.unsafe(statement), { code: '42501' }, statement);
});

t.test('where one role does both, nothing is granted or taken', async (t) => {
  const { connection } = await createTestDatabase(t);
  await grantToServingRole(connection, connection);
  const sql = connect(connection, { max: 1 });
  t.teardown(() => sql.end());
  const [row] = await sql`select has_table_privilege('ledger', 'delete') as may`;
  t.equal(row?.may, true);
});
