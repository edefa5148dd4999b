// Issuing and changing keys: what goes in comes out, exactly, and nothing else moves.
import t from 'tap';
import { startTestGateway } from '../../helpers/gateway.ts';

const ROW = [
  ...['id', 'name', 'email', 'group_id', 'role', 'month_quota', 'balance', 'month_fee', 'total_fee'],
  ...['status', 'key_prefix', 'key_last4', 'created_at', 'updated_at'],
  ...[
    'expires_at',
    'previous_expires_at',
    'allowed_cidrs',
    'allowed_models',
    'logging',
    'defaults',
    'may_choose',
  ],
  ...['requests_per_minute', 'tokens_per_minute', 'parallel_requests'],
];
const WITH_SECRET = ['id', 'name', 'email', 'api_key', 'role', 'month_quota', 'balance'];
const SUMMARY = ['id', 'name', 'email', 'role', 'month_quota', 'balance'];

t.test('apply answers its members in order; what was not given has its default', async (t) => {
  const gateway = await startTestGateway(t);
  const { status, body } = await gateway.admin('POST', '/admin/api-key/apply', { name: 'x' });
  t.equal(status, 200);
  t.same(Object.keys(body), ['success', 'data']);
  t.same(Object.keys(body.data), WITH_SECRET);
  const { api_key, ...rest } = body.data;
  t.same(rest, {
    id: 1,
    name: 'x',
    email: '',
    role: 'user',
    month_quota: '0.0000000000',
    balance: '0.0000000000',
  });
  const { data } = (await gateway.admin('GET', '/admin/api-key/detail/1')).body;
  t.same(Object.keys(data), ROW);
  t.match(data, {
    group_id: 0,
    status: 'active',
    month_fee: '0.0000000000',
    total_fee: '0.0000000000',
    key_prefix: api_key.slice(0, 8),
    key_last4: api_key.slice(-4),
  });
  t.match(data.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  t.ok(Math.abs(Date.parse(data.created_at) - Date.now()) < 60_000);
});

t.test('names and e-mails of any script are kept as they are, and may repeat', async (t) => {
  const gateway = await startTestGateway(t);
  const names = [
    '张三',
    ' spaced ',
    "O'Brien; drop table virtual_key;--",
    '<b>&amp;',
    '👩‍👩‍👧 family',
    'a'.repeat(255),
    '\\%_',
  ];
  for (const name of [...names, ...names]) {
    const { body } = await gateway.admin('POST', '/admin/api-key/apply', {
      name,
      email: `${name}`.slice(0, 255),
    });
    t.equal(body.data.name, name);
    const detail = await gateway.admin('GET', `/admin/api-key/detail/${body.data.id}`);
    t.equal(detail.body.data.name, name);
    t.equal(detail.body.data.email, name);
  }
  t.equal((await gateway.admin('GET', '/admin/api-key/list')).body.data.total, String(2 * names.length));
});

t.test('the secret is in the answer that made it, and nowhere else', async (t) => {
  const lines: string[] = [];
  const gateway = await startTestGateway(t, { onLogLine: (line) => lines.push(line) });
  const key = await gateway.createKey();
  const texts = [
    (await gateway.admin('GET', '/admin/api-key/list')).body,
    (await gateway.admin('GET', '/admin/api-key/detail/1')).body,
    (await gateway.admin('POST', '/admin/api-key/update', { id: 1, name: 'y' })).body,
    (await gateway.admin('POST', '/admin/api-key/recharge', { api_key: key.secret, balance: 1 })).body,
    (await gateway.api('GET', '/user/api-key/mine', { key: key.secret })).body,
    lines,
  ].map((value) => JSON.stringify(value));
  const tables = await gateway.database
    .sql`select tablename as name from pg_tables where schemaname = 'public'`;
  for (const { name } of tables)
    texts.push(
      JSON.stringify(await gateway.database.sql`select r::text from ${gateway.database.sql(name)} r`),
    );
  const middle = key.secret.slice(8, -4);
  for (const text of texts) t.notMatch(text, middle);
});

t.test('update changes what it names and nothing else', async (t) => {
  const gateway = await startTestGateway(t);
  const { id } = await gateway.createKey({
    name: 'before',
    email: 'a@b',
    month_quota: '3',
    balance: '2',
    group_id: 1,
  });
  const detail = async () => (await gateway.admin('GET', `/admin/api-key/detail/${id}`)).body.data;
  let expected = await detail();
  const changes: Record<string, unknown>[] = [
    { name: 'after' },
    { email: '' },
    { role: 'admin' },
    { group_id: 0 },
    { group_id: 1 },
    { month_quota: '7.0000000001' },
    { month_quota: 0 },
    { status: 'disabled' },
    { status: 'active' },
    {},
  ];
  for (const change of changes) {
    const { status, body } = await gateway.admin('POST', '/admin/api-key/update', { id, ...change });
    t.equal(status, 200);
    t.same(Object.keys(body.data), SUMMARY);
    const now = await detail();
    const { month_quota: quota, ...plain } = change;
    const quotas = { '7.0000000001': '7.0000000001', 0: '0.0000000000' } as Record<string, string>;
    expected = {
      ...expected,
      ...plain,
      ...(quota !== undefined && { month_quota: quotas[String(quota)] }),
      updated_at: now.updated_at,
    };
    t.same(now, expected, JSON.stringify(change));
    t.equal(body.data.balance, '2.0000000000');
  }
});

t.test('a key can be rotated and deleted by its id or its secret; its history stays', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey({ balance: 1 });
  await gateway.chat(key, {}, { 'Session-Id': 's' });
  await gateway.recorded(1);
  const rotated = await gateway.admin('POST', '/admin/api-key/reset-key', { api_key: key.secret });
  t.same(Object.keys(rotated.body.data), WITH_SECRET);
  t.match(rotated.body.data, { id: key.id, balance: '1.0000000000', month_quota: '10.0000000000' });
  const stale = await gateway.admin('POST', '/admin/api-key/delete', { api_key: key.secret });
  t.equal(stale.status, 404, 'the old secret names nobody');
  const deleted = await gateway.admin('POST', '/admin/api-key/delete', {
    id: key.id,
    api_key: rotated.body.data.api_key,
  });
  t.equal(deleted.status, 200);
  t.same(deleted.body, { success: true, data: null });

  for (const path of ['update', 'recharge', 'reset-key', 'delete']) {
    const body = { id: key.id, ...(path === 'recharge' && { balance: 1 }) };
    const answer = await gateway.admin('POST', `/admin/api-key/${path}`, body);
    t.equal(answer.status, 404, path);
    t.same(answer.body, {
      success: false,
      data: 'no such key',
      error: { code: 'KEY_NOT_FOUND', param: null },
    });
  }
  t.equal((await gateway.admin('GET', `/admin/api-key/detail/${key.id}`)).status, 404);
  t.equal((await gateway.admin('GET', '/admin/api-key/list')).body.data.total, '0');
  for (const room of ['session', 'thread', 'payment'])
    t.equal((await gateway.admin('GET', `/admin/${room}/list?key_id=${key.id}`)).body.data.total, '1', room);
});

t.test('a missing key is 404 on every route that names one, by id and by secret', async (t) => {
  const gateway = await startTestGateway(t);
  await gateway.createKey();
  const missing = [{ id: 999 }, { id: Number.MAX_SAFE_INTEGER }, { api_key: `br-${'x'.repeat(40)}` }];
  for (const verb of ['recharge', 'reset-key', 'delete', 'update'])
    for (const reference of missing) {
      if (verb === 'update' && !('id' in reference)) continue;
      const body = { ...reference, ...(verb === 'recharge' && { balance: 1 }) };
      const answer = await gateway.admin('POST', `/admin/api-key/${verb}`, body);
      t.equal(answer.status, 404, `${verb} ${JSON.stringify(reference)}`);
      t.match(answer.body, { success: false, error: { code: 'KEY_NOT_FOUND' } });
    }
  for (const verb of ['recharge', 'reset-key', 'delete']) {
    const answer = await gateway.admin(
      'POST',
      `/admin/api-key/${verb}`,
      verb === 'recharge' ? { balance: 1 } : {},
    );
    t.equal(answer.status, 400);
    t.match(answer.body.data, /^id or api_key/);
  }
});
