// A new secret for a key, with or without a time in which the one before is good as well.
import t from 'tap';
import { type NewKey, startTestGateway, type TestGateway } from '../../helpers/gateway.ts';
import { signIn } from '../auth/sign-in.ts';

async function rotate(gateway: TestGateway, body: object): Promise<string> {
  const answer = await gateway.admin('POST', '/admin/api-key/reset-key', body);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return answer.body.data.api_key;
}
const statusOf = async (gateway: TestGateway, secret: string) =>
  (await gateway.api('GET', '/user/api-key/mine', { key: secret })).status;
const detail = async (gateway: TestGateway, { id }: Pick<NewKey, 'id'>) =>
  (await gateway.admin('GET', `/admin/api-key/detail/${id}`)).body.data;

t.test('within the overlap both secrets are the same key, to the second', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const fresh = await rotate(gateway, { id: key.id, overlap_seconds: 2 });
  const { previous_expires_at, key_last4 } = await detail(gateway, key);
  t.equal(key_last4, fresh.slice(-4));
  const left = Date.parse(previous_expires_at) - Date.now();
  t.ok(left > 500 && left <= 2000, `${left} ms`);
  for (const secret of [key.secret, fresh]) {
    t.equal((await gateway.chat({ ...key, secret })).status, 200);
    t.equal((await gateway.api('GET', '/user/api-key/mine', { key: secret })).body.data.id, key.id);
  }
  const cookie = await signIn(gateway, key.secret);
  const mine = () => gateway.api('GET', '/user/api-key/mine', { headers: { cookie } });
  t.equal((await mine()).status, 200);
  await new Promise((resolve) => setTimeout(resolve, Date.parse(previous_expires_at) - Date.now() + 5));
  t.equal(await statusOf(gateway, key.secret), 401, 'the old secret is over');
  t.equal((await mine()).status, 401, 'and with it the session that it opened');
  t.equal(await statusOf(gateway, fresh), 200);
});

t.test('a second rotation ends the oldest secret at once, and one without overlap ends both', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const second = await rotate(gateway, { id: key.id, overlap_seconds: 3600 });
  const third = await rotate(gateway, { api_key: second, overlap_seconds: 3600 });
  t.equal(await statusOf(gateway, key.secret), 401, 'the first');
  t.equal(await statusOf(gateway, second), 200, 'the second');
  t.equal(await statusOf(gateway, third), 200, 'the third');
  const fourth = await rotate(gateway, { id: key.id });
  for (const secret of [key.secret, second, third]) t.equal(await statusOf(gateway, secret), 401);
  t.equal(await statusOf(gateway, fourth), 200);
  t.equal((await detail(gateway, key)).previous_expires_at, null);
});

t.test('an overlap gives an expired, disabled or deleted key no more time', async (t) => {
  const gateway = await startTestGateway(t);
  const changes: [path: string, body: object][] = [
    ['update', { expires_at: new Date(Date.now() - 1000).toISOString() }],
    ['update', { status: 'disabled' }],
    ['delete', {}],
  ];
  for (const [path, body] of changes) {
    const key = await gateway.createKey();
    await rotate(gateway, { id: key.id, overlap_seconds: 3600 });
    t.equal(await statusOf(gateway, key.secret), 200);
    await gateway.admin('POST', `/admin/api-key/${path}`, { id: key.id, ...body });
    t.equal(await statusOf(gateway, key.secret), 401, JSON.stringify(body));
  }
});

t.test('while it is good, the old secret names its key', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  await rotate(gateway, { id: key.id, overlap_seconds: 3600 });
  const paid = await gateway.admin('POST', '/admin/api-key/recharge', { api_key: key.secret, balance: 1 });
  t.match(paid, { status: 200, body: { data: { id: key.id } } });
});

t.test('a key is made once per Idempotency-Key; a repeat names it and makes nothing', async (t) => {
  const gateway = await startTestGateway(t);
  const admin = await gateway.createKey({ role: 'admin' });
  const apply = (body: object, by = admin.secret) =>
    gateway.api('POST', '/admin/api-key/apply', { key: by, body, headers: { 'Idempotency-Key': 'order-7' } });
  const wish = { name: 'once', balance: '5' };
  const answers = await Promise.all(Array.from({ length: 5 }, () => apply(wish)));
  const [made, ...repeats] = answers.sort((a, b) => a.status - b.status);
  t.equal(made?.status, 200);
  for (const repeat of repeats) {
    t.equal(repeat.status, 409);
    t.match(repeat.body, { success: false, error: { code: 'KEY_ALREADY_ISSUED', param: 'Idempotency-Key' } });
    t.match(repeat.body.data, new RegExp(`\\bkey ${made?.body.data.id}\\b`));
  }
  t.match(await apply({ ...wish, balance: '6' }), {
    status: 409,
    body: { error: { code: 'IDEMPOTENCY_CONFLICT' } },
  });
  const list = (await gateway.admin('GET', '/admin/api-key/list?q=once')).body.data;
  t.equal(list.total, '1');
  t.equal((await gateway.admin('GET', '/admin/payment/list')).body.data.total, '1');
  const other = await gateway.createKey({ role: 'admin' });
  t.equal((await apply(wish, other.secret)).status, 200, "another administrator's word is another");
  const [row] = await gateway.database.sql`select string_agg(answer::text, ' ') as kept from idempotency`;
  t.notMatch(row?.kept, /br-/, 'no secret is kept');
});
