// A key's secret: what it looks like, and how soon it stops working, everywhere.
import t from 'tap';
import { createTestDatabase } from '../../helpers/database.ts';
import { startDatabaseProxy } from '../../helpers/database-proxy.ts';
import { ADMIN_API_KEY, startTestGateway, type TestGateway } from '../../helpers/gateway.ts';

const statusOf = async (gateway: TestGateway, secret: string) =>
  (await gateway.api('GET', '/user/api-key/mine', { key: secret })).status;

/** @returns how long it took, ms */
async function untilRefused(gateway: TestGateway, secret: string): Promise<number> {
  const started = performance.now();
  while ((await statusOf(gateway, secret)) !== 401) {
    if (performance.now() - started > 5000) throw new Error('the key still works after 5 s');
  }
  return performance.now() - started;
}

t.test('a secret is br- and 40 characters of base62, and no two are alike', async (t) => {
  const gateway = await startTestGateway(t);
  const keys = await Promise.all(Array.from({ length: 20 }, () => gateway.createKey()));
  for (const { secret } of keys) t.match(secret, /^br-[0-9A-Za-z]{40}$/);
  t.equal(new Set(keys.map(({ secret }) => secret)).size, 20);
  t.equal(new Set(keys.map(({ secret }) => secret.slice(0, 20))).size, 20);
});

t.test('a rotated secret is refused from the next request on, and the new one works', async (t) => {
  const gateway = await startTestGateway(t);
  const { id, secret } = await gateway.createKey();
  let current = secret;
  for (let round = 0; round < 10; round += 1) {
    t.equal(await statusOf(gateway, current), 200);
    const { status, body } = await gateway.admin('POST', '/admin/api-key/reset-key', { id });
    t.equal(status, 200);
    t.same(Object.keys(body.data), ['id', 'name', 'email', 'api_key', 'role', 'month_quota', 'balance']);
    t.not(body.data.api_key, current);
    t.equal(await statusOf(gateway, current), 401, 'the old secret');
    current = body.data.api_key;
    t.equal(await statusOf(gateway, current), 200, 'the new secret');
  }
  const row = await gateway.admin('GET', `/admin/api-key/detail/${id}`);
  t.equal(row.body.data.key_last4, current.slice(-4));
  t.equal(row.body.data.key_prefix, current.slice(0, 8));
});

t.test('a disabled or deleted key, and a lost role, are refused from the next request on', async (t) => {
  const gateway = await startTestGateway(t);
  for (let round = 0; round < 5; round += 1) {
    const { id, secret } = await gateway.createKey({ role: 'admin' });
    const list = () => gateway.api('GET', '/admin/group/list', { key: secret });
    t.equal((await list()).status, 200);
    await gateway.admin('POST', '/admin/api-key/update', { id, role: 'user' });
    t.equal((await list()).status, 403);
    await gateway.admin('POST', '/admin/api-key/update', { id, status: 'disabled' });
    t.equal(await statusOf(gateway, secret), 401);
    await gateway.admin('POST', '/admin/api-key/update', { id, status: 'active' });
    t.equal(await statusOf(gateway, secret), 200, 'an enabled key works again');
    await gateway.admin('POST', '/admin/api-key/delete', { api_key: secret });
    t.equal(await statusOf(gateway, secret), 401);
  }
});

t.test('a replica learns of a rotated, disabled or deleted key within a second', async (t) => {
  const gateway = await startTestGateway(t);
  const replica = await startTestGateway(t, {
    database: gateway.testDatabase,
    simulator: gateway.simulator,
  });
  const changes: [name: string, path: string, body: object][] = [
    ['rotated', 'reset-key', {}],
    ['disabled', 'update', { status: 'disabled' }],
    ['deleted', 'delete', {}],
  ];
  for (const [name, verb, body] of changes) {
    const { id, secret } = await gateway.createKey();
    t.equal(await statusOf(replica, secret), 200, 'the replica knows the key');
    await gateway.admin('POST', `/admin/api-key/${verb}`, { id, ...body });
    t.ok((await untilRefused(replica, secret)) < 1000, name);
    const chat = await replica.chat({ id, secret });
    t.equal(chat.status, 401);
    t.equal(chat.body.error.code, 'invalid_api_key');
  }
});

t.test('a replica that lost its database connection for a while does not go on with old keys', async (t) => {
  const gateway = await startTestGateway(t);
  const proxy = await startDatabaseProxy(t, gateway.testDatabase);
  const replica = await startTestGateway(t, { database: proxy.database, simulator: gateway.simulator });
  const { id, secret } = await gateway.createKey();
  t.equal(await statusOf(replica, secret), 200);
  await proxy.cut();
  await gateway.admin('POST', '/admin/api-key/delete', { id });
  await proxy.join();
  t.ok((await untilRefused(replica, secret)) < 3000);
});

t.test('a mistyped key is refused without asking the database', async (t) => {
  const proxy = await startDatabaseProxy(t, await createTestDatabase(t));
  const gateway = await startTestGateway(t, { database: proxy.database });
  const { secret } = await gateway.createKey();
  const last = secret.endsWith('a') ? 'b' : 'a';
  const middle = secret[20] === 'x' ? 'y' : 'x';
  const mistyped = [secret.slice(0, -1) + last, secret.slice(0, 20) + middle + secret.slice(21)];
  await proxy.cut();
  t.equal(await statusOf(gateway, secret), 503, 'a key that may be right needs the database');
  for (const typo of mistyped) t.equal(await statusOf(gateway, typo), 401);
});

t.test('a gateway with another pepper refuses to start', async (t) => {
  const gateway = await startTestGateway(t);
  const env = { KEY_PEPPER: 'another pepper than before' };
  await t.rejects(startTestGateway(t, { database: gateway.testDatabase, env }), /KEY_PEPPER/);
});

t.test('the bootstrap key is no row: it cannot chat, and no list shows it', async (t) => {
  const gateway = await startTestGateway(t);
  const mine = await gateway.admin('GET', '/user/api-key/mine');
  t.equal(mine.status, 403);
  t.match(mine.body.data, /create an admin key first/);
  const chat = await gateway.chat({ id: 0, secret: ADMIN_API_KEY });
  t.equal(chat.status, 403);
  t.equal(chat.body.error.code, 'forbidden');
  t.equal(gateway.simulator.journal.entries().length, 0);
  t.equal((await gateway.admin('GET', '/admin/api-key/list')).body.data.total, '0');
});
