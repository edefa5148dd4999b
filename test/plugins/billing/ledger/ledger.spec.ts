// The ledger as people read it: who sees which entries, filters, and extracts for spreadsheets.
import t from 'tap';
import { type NewKey, startTestGateway, type TestGateway } from '../../../helpers/gateway.ts';

const MEMBERS =
  'id,key_id,group_id,kind,balance_change,quota_change,month,day,exchange_id,thread_id,counterpart_key_id,actor,reason,request_id,created_at';

interface Scene {
  gateway: TestGateway;
  a: NewKey;
  b: NewKey;
}

/** Entries: 1 recharge of a, 2 recharge of b, 3 usage of a, 4 usage of b, 5 recharge of a. */
async function scene(t: Parameters<typeof startTestGateway>[0]): Promise<Scene> {
  const gateway = await startTestGateway(t);
  const a = await gateway.createKey({ name: 'a', balance: '5', month_quota: 0 });
  const b = await gateway.createKey({ name: 'b', balance: '7', month_quota: '0.00001' });
  for (const [index, key] of [a, b].entries()) {
    await gateway.chat(key, {}, { 'x-request-id': `chat-${index + 1}` });
    await gateway.recorded(index + 1);
  }
  const body = { id: a.id, balance: '1.5', reason: 'Gift 100%, "spring"' };
  await gateway.admin('POST', '/admin/api-key/recharge', body);
  return { gateway, a, b };
}

const idsOf = (body: { data: { items: { id: number }[] } }) => body.data.items.map(({ id }) => id);

t.test('an entry says what moved, for whom, when, why and by whom', async (t) => {
  const { gateway, a, b } = await scene(t);
  const { status, body } = await gateway.admin('GET', '/admin/ledger');
  t.equal(status, 200);
  t.match(body.data, { total: '5', limit: 20, offset: 0 });
  t.same(idsOf(body), [5, 4, 3, 2, 1], 'newest first');
  const [gift, ofB, ofA] = body.data.items;
  t.equal(Object.keys(gift).join(), MEMBERS);
  t.match(gift, {
    key_id: a.id,
    kind: 'recharge',
    balance_change: '1.5000000000',
    quota_change: '0.0000000000',
    month: null,
    exchange_id: null,
    thread_id: null,
    counterpart_key_id: null,
    actor: 'bootstrap',
    reason: 'Gift 100%, "spring"',
    created_at: /^\d{4}-\d\d-\d\dT.*Z$/,
  });
  t.match(ofA, { key_id: a.id, kind: 'usage', thread_id: 1, request_id: 'chat-1', actor: `key:${a.id}` });
  t.match(ofA.balance_change, /^-0\.\d{10}$/, 'spending is negative');
  t.match(ofB, { key_id: b.id, quota_change: '0.0000100000', month: /^\d{4}-\d\d-01$/, day: /^\d{4}-/ });
  const { body: thread } = await gateway.admin('GET', '/admin/thread/detail/1');
  t.equal(ofA.balance_change, `-${thread.data.fee}`);
});

t.test('each filter narrows the list, alone and together', async (t) => {
  const { gateway, a, b } = await scene(t);
  const all = await gateway.admin('GET', '/admin/ledger');
  const { exchange_id, created_at } = all.body.data.items[2];
  const moment = encodeURIComponent(created_at);
  await gateway.database.sql`insert into ledger (key_id, kind, balance_change, group_id, actor, request_id)
    values (${b.id}, 'adjustment', 0, 1, 'bootstrap', 'r')`;
  const expected: [query: string, ids: number[]][] = [
    [`key_id=${a.id}`, [5, 3, 1]],
    [`key_id=${b.id}&kind=usage`, [4]],
    ['key_id=999', []],
    ['group_id=1', [6]],
    ['kind=recharge', [5, 2, 1]],
    [`exchange_id=${exchange_id}`, [3]],
    [`exchange_id=${exchange_id.toUpperCase()}`, [3]],
    ['request_id=chat-2', [4]],
    ['q=SPRING', [5]],
    ['q=100%25', [5]],
    ['q=_', []],
    [`from=${moment}&kind=recharge`, [5]],
    [`to=${moment}`, [2, 1]],
    [`from=${moment}&to=${moment}`, []],
    ['orderBy=id-0&limit=2&offset=1', [2, 3]],
    ['limit=&q=&kind=&exchange_id=&from=', [6, 5, 4, 3, 2, 1]],
  ];
  for (const [query, ids] of expected) {
    const { body } = await gateway.admin('GET', `/admin/ledger?${query}`);
    t.same(idsOf(body), ids, query);
  }
});

t.test('what no filter can mean is refused with the name of the field', async (t) => {
  const gateway = await startTestGateway(t);
  for (const [query, param] of [
    ['key_id=x', 'key_id'],
    ['kind=gift', 'kind'],
    ['exchange_id=1', 'exchange_id'],
    ['exchange_id=urn:uuid:018f3f3e-0000-7000-8000-000000000000', 'exchange_id'],
    ['from=yesterday', 'from'],
    ['to=2026-01-31T23:59:60Z', 'to'],
    ['from=0000-01-01T00:00:00Z', 'from'],
    ['format=xlsx', 'format'],
    ['orderBy=reason-0', 'orderBy'],
    ['limit=201', 'limit'],
  ] as const) {
    const { status, body } = await gateway.admin('GET', `/admin/ledger?${query}`);
    t.equal(status, 400, query);
    t.equal(body.error.param, param);
  }
});

t.test('a user reads only entries of their own key, as rows and as a file', async (t) => {
  const { gateway, a, b } = await scene(t);
  const own = (key: NewKey, query: string) =>
    gateway.api('GET', `/user/ledger?${query}`, { key: key.secret });
  for (const query of ['', `key_id=${a.id}`, 'key_id=abc', 'group_id=1']) {
    const { body } = await own(b, query);
    t.same(idsOf(body), [4, 2], query);
  }
  const [, , foreign] = (await gateway.admin('GET', '/admin/ledger')).body.data.items;
  t.same(idsOf((await own(b, `exchange_id=${foreign.exchange_id}`)).body), []);
  const file = await own(b, `format=csv&key_id=${a.id}`);
  t.same(
    linesOf(file.body)
      .slice(1)
      .map((line) => line.split(',')[1]),
    [String(b.id), String(b.id)],
  );
  t.equal((await gateway.api('GET', '/user/ledger')).status, 401);
  t.equal((await gateway.api('GET', '/admin/ledger', { key: b.secret })).status, 403);
  t.equal((await gateway.admin('GET', '/user/ledger')).status, 403, 'the bootstrap key has none');
});

t.test('an extract holds every matching entry, whatever the page, and runs nothing', async (t) => {
  const { gateway, a } = await scene(t);
  for (const reason of ['=1+1', '+1', '-1', '@SUM(A1)', '退款，多收', 'two\nlines'])
    await gateway.admin('POST', '/admin/api-key/recharge', { id: a.id, balance: 1, reason });
  const { status, headers, body } = await gateway.admin('GET', '/admin/ledger?format=csv&limit=1&offset=3');
  t.equal(status, 200);
  t.equal(headers.get('content-type'), 'text/csv; charset=utf-8');
  t.match(headers.get('content-disposition'), /^attachment; filename="ledger\.csv"$/);
  t.equal(linesOf(body)[0], MEMBERS);
  t.equal(linesOf(body).length, 1 + 5 + 6);
  for (const cell of [
    "'=1+1",
    "'+1",
    "'-1",
    "'@SUM(A1)",
    '退款，多收',
    '"two\nlines"',
    '"Gift 100%, ""spring"""',
  ])
    t.ok(body.includes(`,bootstrap,${cell},`), cell);
  t.match(linesOf(body).at(-3), /,usage,-0\.\d{10},/, 'amounts stay numbers');
});

t.test('an extract of many portions has each entry once, in order', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey({ balance: 1 });
  await gateway.database.sql`
    insert into ledger (key_id, kind, balance_change, actor, reason, request_id)
    select ${key.id}, 'adjustment', 0, 'bootstrap', 'n' || n, 'r' from generate_series(1, 2500) n`;
  for (const [order, sign] of [
    ['id-0', 1],
    ['id-1', -1],
  ] as const) {
    const { body } = await gateway.admin('GET', `/admin/ledger?format=csv&kind=adjustment&orderBy=${order}`);
    const ids = linesOf(body)
      .slice(1)
      .map((line) => Number(line.split(',')[0]));
    t.equal(new Set(ids).size, 2500);
    t.same(
      ids,
      ids.toSorted((x, y) => sign * (x - y)),
    );
  }
});

/** Without the end of the last line. */
function linesOf(csv: string): string[] {
  return csv
    .replace(/^\uFEFF/, '')
    .split('\r\n')
    .slice(0, -1);
}
