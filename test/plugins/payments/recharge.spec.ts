// Money paid in: exact, once, and on record.
import t from 'tap';
import { ADMIN_API_KEY, startTestGateway, type TestGateway } from '../../helpers/gateway.ts';

function recharge(gateway: TestGateway, body: object, idempotencyKey?: string, key = ADMIN_API_KEY) {
  const headers = idempotencyKey === undefined ? undefined : { 'Idempotency-Key': idempotencyKey };
  return gateway.api('POST', '/admin/api-key/recharge', { key, body, ...(headers && { headers }) });
}

const payments = async (gateway: TestGateway, query = '') =>
  (await gateway.admin('GET', `/admin/payment/list?${query}`)).body.data;

t.test('money is accepted as a number or a decimal string, and comes back with ten places', async (t) => {
  const gateway = await startTestGateway(t);
  const amounts: [given: number | string, answered: string][] = [
    [1, '1.0000000000'],
    ['1', '1.0000000000'],
    [0.23, '0.2300000000'],
    ['0.23', '0.2300000000'],
    [0.1, '0.1000000000'],
    [1e-10, '0.0000000001'],
    ['0.0000000001', '0.0000000001'],
    ['0.00000000010', '0.0000000001'],
    ['007.50', '7.5000000000'],
    [0.004, '0.0040000000'],
    ['99999999.9999999999', '99999999.9999999999'],
    [100000000, '100000000.0000000000'],
    [12345.6789012345, '12345.6789012345'],
  ];
  for (const [given, answered] of amounts) {
    const applied = await gateway.admin('POST', '/admin/api-key/apply', {
      name: 'x',
      month_quota: given,
      balance: given,
    });
    t.equal(applied.status, 200, String(given));
    t.match(applied.body.data, { month_quota: answered, balance: answered });
    const { body } = await gateway.admin('POST', '/admin/api-key/apply', { name: 'x' });
    const paid = await recharge(gateway, { id: body.data.id, balance: given });
    t.equal(paid.body.data.balance, answered);
    const updated = await gateway.admin('POST', '/admin/api-key/update', {
      id: body.data.id,
      month_quota: given,
    });
    t.equal(updated.body.data.month_quota, answered);
  }
  t.equal(await gateway.auditFaults(), 0);
});

t.test('a recharge names its key by id, by secret, or by both if they agree', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey({ name: 'jack' });
  const other = await gateway.createKey();
  const answer = await recharge(gateway, { id: key.id, balance: '1' });
  t.same(answer.body, {
    success: true,
    data: {
      id: key.id,
      name: 'jack',
      email: '',
      role: 'user',
      month_quota: '10.0000000000',
      balance: '1.0000000000',
    },
  });
  t.same(Object.keys(answer.body.data), ['id', 'name', 'email', 'role', 'month_quota', 'balance']);
  t.equal((await recharge(gateway, { api_key: key.secret, balance: 1 })).body.data.balance, '2.0000000000');
  t.equal(
    (await recharge(gateway, { ...{ id: key.id, api_key: key.secret }, balance: 1 })).body.data.balance,
    '3.0000000000',
  );
  const mixed = await recharge(gateway, { id: other.id, api_key: key.secret, balance: 1 });
  t.equal(mixed.status, 400);
  t.match(mixed.body, { success: false, error: { code: 'KEY_REFERENCE_MISMATCH', param: 'api_key' } });
  const wrongSecret = await recharge(gateway, { id: key.id, api_key: 'br-nobody', balance: 1 });
  t.equal(wrongSecret.status, 400);
  t.notMatch(wrongSecret.body.data, 'br-nobody');
  t.equal((await payments(gateway)).total, '3');
});

t.test('every payment is listed with who made it and why; an opening balance is one too', async (t) => {
  const gateway = await startTestGateway(t);
  const admin = await gateway.createKey({ role: 'admin' });
  const key = await gateway.createKey({ balance: '5' });
  await recharge(gateway, { id: key.id, balance: '0.004', reason: '发票 7' }, undefined, admin.secret);
  await recharge(gateway, { id: key.id, balance: '0.004' });
  const { items, total } = await payments(gateway);
  t.equal(total, '3');
  t.same(Object.keys(items[0]), ['id', 'key_id', 'fee', 'created_at', 'actor', 'reason']);
  t.match(items, [
    { id: 3, key_id: key.id, fee: '0.0040000000', actor: 'bootstrap', reason: '' },
    { id: 2, key_id: key.id, fee: '0.0040000000', actor: `key:${admin.id}`, reason: '发票 7' },
    { id: 1, key_id: key.id, fee: '5.0000000000', actor: 'bootstrap' },
  ]);
  t.match(items[0].created_at, /^\d{4}-\d\d-\d\dT.*Z$/);
  const { data } = (await gateway.admin('GET', `/admin/api-key/detail/${key.id}`)).body;
  t.equal(data.balance, '5.0080000000', 'the payments are the balance');
  t.equal((await payments(gateway, `key_id=${admin.id}`)).total, '0');
  t.equal((await payments(gateway, `key_id=${key.id}&limit=1&offset=2`)).items[0].id, 1);
  t.same(
    (await payments(gateway, 'orderBy=id-0')).items.map((row: { id: number }) => row.id),
    [1, 2, 3],
  );
  t.equal(await gateway.auditFaults(), 0);
});

t.test('50 parallel recharges of 1 add exactly 50, on two replicas', async (t) => {
  const gateway = await startTestGateway(t);
  const replica = await startTestGateway(t, { database: gateway.testDatabase, simulator: gateway.simulator });
  const key = await gateway.createKey();
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      recharge(index % 2 === 0 ? gateway : replica, { id: key.id, balance: 1 }),
    ),
  );
  const balances = answers.map(({ body }) => Number(body.data.balance)).sort((a, b) => a - b);
  t.same(
    balances,
    Array.from({ length: 50 }, (_, index) => index + 1),
    'each answer is the balance after it',
  );
  const { data } = (await gateway.admin('GET', `/admin/api-key/detail/${key.id}`)).body;
  t.equal(data.balance, '50.0000000000');
  t.equal((await payments(gateway)).total, '50');
  t.equal(await gateway.auditFaults(), 0);
});

t.test(
  'a repeated Idempotency-Key pays once and answers as the first time; for another payment it is 409',
  async (t) => {
    const gateway = await startTestGateway(t);
    const admin = await gateway.createKey({ role: 'admin' });
    const key = await gateway.createKey();
    const first = await recharge(gateway, { id: key.id, balance: '2' }, 'order-1');
    t.equal(first.body.data.balance, '2.0000000000');
    await recharge(gateway, { id: key.id, balance: '5' }, 'order-2');
    const replay = await recharge(gateway, { api_key: key.secret, balance: 2.0 }, 'order-1');
    t.equal(replay.status, 200);
    t.same(replay.body, first.body);
    for (const body of [
      { id: key.id, balance: '3' },
      { id: admin.id, balance: '2' },
    ]) {
      const conflict = await recharge(gateway, body, 'order-1');
      t.equal(conflict.status, 409);
      t.match(conflict.body, { success: false, error: { code: 'IDEMPOTENCY_CONFLICT' } });
    }
    const another = await recharge(gateway, { id: key.id, balance: '2' }, 'order-1', admin.secret);
    t.equal(another.body.data.balance, '9.0000000000', "another administrator's keys are their own");
    const crowd = await Promise.all(
      Array.from({ length: 10 }, () => recharge(gateway, { id: key.id, balance: 1 }, 'order-3')),
    );
    for (const { body } of crowd) t.equal(body.data.balance, '10.0000000000');
    t.equal((await payments(gateway)).total, '4');
    t.equal(await gateway.auditFaults(), 0);
  },
);

t.test('one Idempotency-Key for two keys at the same moment pays one and is 409 for the other', async (t) => {
  const gateway = await startTestGateway(t);
  const keys = [await gateway.createKey(), await gateway.createKey()];
  for (let round = 0; round < 5; round += 1) {
    const answers = await Promise.all(
      keys.map(({ id }) => recharge(gateway, { id, balance: 1 }, `round-${round}`)),
    );
    t.same(answers.map(({ status }) => status).sort(), [200, 409]);
  }
  t.equal((await payments(gateway)).total, '5');
  t.equal(await gateway.auditFaults(), 0);
});

t.test('a balance has a ceiling, and a payment that would exceed it leaves nothing', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey({ balance: '99999999.9999999999' });
  const answer = await recharge(gateway, { id: key.id, balance: '0.0000000002' });
  t.equal(answer.status, 400);
  t.match(answer.body, { success: false, data: /^balance: /, error: { param: 'balance' } });
  t.equal(
    (await recharge(gateway, { id: key.id, balance: '0.0000000001' })).body.data.balance,
    '100000000.0000000000',
  );
  t.equal((await payments(gateway)).total, '2');
  t.equal(await gateway.auditFaults(), 0);
});

t.test('prepaid money lapses when it was said to: what is left is taken back, once', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey({ month_quota: 0, balance: '1' });
  const past = await recharge(gateway, { id: key.id, balance: '2', expires_at: '2020-01-01T00:00:00Z' });
  t.match(past, { status: 400, body: { error: { code: 'EXPIRY_PAST', param: 'expires_at' } } });
  const { body } = await recharge(gateway, { id: key.id, balance: '2', expires_at: '2999-01-01T00:00:00Z' });
  t.equal(body.data.balance, '3.0000000000');
  await gateway.app.billing.lapse();
  const balance = async () =>
    (await gateway.admin('GET', `/admin/api-key/detail/${key.id}`)).body.data.balance;
  t.equal(await balance(), '3.0000000000', 'its time has not come');
  await gateway.database.sql`update payment set expires_at = now() where expires_at is not null`;
  await Promise.all([gateway.app.billing.lapse(), gateway.app.billing.lapse()]);
  t.equal(await balance(), '1.0000000000', 'what was paid in for good stays');
  const entries = await gateway.database.sql`select kind, balance_change from ledger order by id`;
  t.match(entries.at(-1), { kind: 'expiry', balance_change: '-20000000000' });
  t.equal(await gateway.auditFaults(), 0);
});
