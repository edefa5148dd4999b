// The list of keys, and what all lists have in common.
import t from 'tap';
import { startTestGateway, type TestGateway } from '../../helpers/gateway.ts';
import { routesOf } from '../../helpers/route-table.ts';

const names = (body: { data: { items: { name: string }[] } }) => body.data.items.map((row) => row.name);

t.test(
  'every list has the same envelope, defaults and limits, and ignores what it does not know',
  async (t) => {
    const gateway = await startTestGateway(t);
    const key = await gateway.createKey({ role: 'admin' });
    const lists = routesOf(gateway.app).filter(
      ({ method, url }) => method === 'GET' && url.endsWith('/list'),
    );
    t.ok(lists.length >= 7);
    for (const { url } of lists) {
      const get = (query: string) => gateway.api('GET', `${url}?${query}`, { key: key.secret });
      const { body } = await get('');
      t.same(Object.keys(body), ['success', 'data']);
      t.same(Object.keys(body.data), ['items', 'total', 'limit', 'offset']);
      t.type(body.data.total, 'string');
      const fine = [
        ['limit=1', 1, 0],
        ['limit=200', 200, 0],
        ['limit=&offset=&q=&key_id=&session_id=&orderBy=', 20, 0],
        ['offset=3', 20, 3],
        ['offset=2147483647', 20, 2_147_483_647],
        ['nonsense=1&nonsense=2&__proto__=x&constructor=y', 20, 0],
        ['limit=5&limit=', 5, 0],
      ] as const;
      for (const [query, limit, offset] of fine) {
        const answer = await get(query);
        t.equal(answer.status, 200, `${url}?${query}`);
        t.match(answer.body.data, { limit, offset });
      }
      const bad = [
        '0',
        '201',
        'abc',
        '-1',
        '1.5',
        '1e400',
        'NaN',
        '%20',
        '99999999999999999999',
        '[]',
        '5;',
        'null',
      ];
      for (const value of bad) {
        const answer = await get(`limit=${value}`);
        t.equal(answer.status, 400, `${url}?limit=${value}`);
        t.match(answer.body, {
          success: false,
          data: /^limit: /,
          error: { code: 'INVALID_REQUEST', param: 'limit' },
        });
      }
      for (const value of ['-1', 'abc', '1.5', '1e400', '99999999999999999999'])
        t.match((await get(`offset=${value}`)).body, { success: false, error: { param: 'offset' } }, value);
      t.match(await get('limit=1&limit=2'), { status: 400, body: { error: { param: 'limit' } } });
      if (!/payment|budget/.test(url)) {
        t.match(await get('q=a&q=b'), { status: 400, body: { error: { param: 'q' } } });
        t.match(await get('q=%00'), { status: 400, body: { error: { param: 'q' } } });
        t.match(await get(`q=${'x'.repeat(256)}`), { status: 400, body: { error: { param: 'q' } } });
        t.equal((await get(`q=${encodeURIComponent("' or 1=1 --")}`)).body.data.total, '0');
        t.equal((await get('q=%ff%fe')).status, 200, 'what is not UTF-8 is some text that nobody has');
      }
      if (!url.includes('group'))
        for (const value of [
          'id',
          'id-2',
          'ID-0',
          'id-0 ',
          'id-0,name-1',
          '1',
          'name',
          "id-0'--",
          'secret-0',
          'digest-0',
        ])
          t.match(
            await get(`orderBy=${encodeURIComponent(value)}`),
            {
              status: 400,
              body: { success: false, data: /^orderBy: must be one of /, error: { param: 'orderBy' } },
            },
            `${url}?orderBy=${value}`,
          );
      if (url.includes('/admin/') && /session|thread|payment/.test(url))
        for (const value of ['abc', '0', '-1', '1.5', '1e400'])
          t.match(await get(`key_id=${value}`), { status: 400, body: { error: { param: 'key_id' } } }, value);
      if (url.includes('thread'))
        for (const value of ['abc', '0', '-1', '9007199254740993'])
          t.match(
            await get(`session_id=${value}`),
            { status: 400, body: { error: { param: 'session_id' } } },
            value,
          );
    }
  },
);

t.test('pages follow each other without a gap; the total is that of all pages', async (t) => {
  const gateway = await startTestGateway(t);
  for (let index = 1; index <= 23; index += 1) await gateway.createKey({ name: `k${index}` });
  const page = async (query: string) =>
    (await gateway.admin('GET', `/admin/api-key/list?${query}`)).body.data;
  const ids = (data: { items: { id: number }[] }) => data.items.map(({ id }) => id);
  const first = await page('');
  t.equal(first.total, '23');
  t.same(
    ids(first),
    Array.from({ length: 20 }, (_, index) => 23 - index),
    'newest first',
  );
  t.same(ids(await page('offset=20')), [3, 2, 1]);
  t.same(await page('offset=23'), { items: [], total: '23', limit: 20, offset: 23 });
  const read: number[] = [];
  for (let offset = 0; offset < 23; offset += 5) read.push(...ids(await page(`limit=5&offset=${offset}`)));
  t.same(
    read,
    Array.from({ length: 23 }, (_, index) => 23 - index),
  );
  t.equal((await page('limit=200')).items.length, 23);
});

async function search(gateway: TestGateway, q: string): Promise<string[]> {
  return names((await gateway.admin('GET', `/admin/api-key/list?q=${encodeURIComponent(q)}`)).body).reverse();
}

t.test('q finds a part of the name or e-mail, literally, in any case and script', async (t) => {
  const gateway = await startTestGateway(t);
  const people: [name: string, email: string][] = [
    ['Alice', 'alice@Example.com'],
    ['bob_1', ''],
    ['bobx1', ''],
    ['100%', ''],
    ['1000', ''],
    ['back\\slash', ''],
    ['张三', 'zhang@例子.公司'],
    ['Émile', ''],
    ['Пётр', ''],
  ];
  for (const [name, email] of people) await gateway.createKey({ name, email });
  t.same(await search(gateway, 'ALICE'), ['Alice']);
  t.same(await search(gateway, 'example.COM'), ['Alice']);
  t.same(await search(gateway, 'b_1'), ['bob_1'], 'an underscore is itself');
  t.same(await search(gateway, '0%'), ['100%'], 'a percent sign is itself');
  t.same(await search(gateway, '\\'), ['back\\slash']);
  t.same(await search(gateway, '三'), ['张三']);
  t.same(await search(gateway, '例子'), ['张三']);
  t.same(await search(gateway, 'éMILE'), ['Émile']);
  t.same(await search(gateway, 'пЁТР'), ['Пётр']);
  t.same(await search(gateway, ' '), []);
  t.same(
    await search(gateway, ''),
    people.map(([name]) => name),
  );
  const narrowed = await gateway.admin('GET', '/admin/api-key/list?q=bob&limit=1');
  t.equal(narrowed.body.data.total, '2', 'the total counts what was searched for');
});

t.test('orderBy sorts by each of its columns, both ways; equals stay newest first', async (t) => {
  const gateway = await startTestGateway(t);
  const a = await gateway.createKey({ name: 'm', month_quota: 3, balance: 10 });
  const b = await gateway.createKey({ name: 'a', month_quota: 20, balance: 9 });
  const c = await gateway.createKey({ name: 'z', month_quota: 0, balance: 100 });
  const d = await gateway.createKey({ name: 'z', month_quota: 0, balance: 0 });
  const usage = (inputTokens: number) => ({ inputTokens, outputTokens: 0, totalTokens: inputTokens });
  for (const [key, tokens] of [
    [a, 900],
    [b, 100],
    [c, 5000],
  ] as const) {
    gateway.simulator.script({ times: 1, behaviour: { kind: 'answer', text: 'x', usage: usage(tokens) } });
    await gateway.chat(key);
  }
  await gateway.recorded(3);
  await gateway.admin('POST', '/admin/api-key/update', { id: a.id, email: 'changed' });
  const expected: Record<string, [ascending: number[], descending: number[]]> = {
    id: [
      [a.id, b.id, c.id, d.id],
      [d.id, c.id, b.id, a.id],
    ],
    name: [
      [b.id, a.id, d.id, c.id],
      [d.id, c.id, a.id, b.id],
    ],
    // c has no quota: its fee came from the balance.
    month: [
      [d.id, c.id, b.id, a.id],
      [a.id, b.id, d.id, c.id],
    ],
    total: [
      [d.id, b.id, a.id, c.id],
      [c.id, a.id, b.id, d.id],
    ],
    quota: [
      [d.id, c.id, a.id, b.id],
      [b.id, a.id, d.id, c.id],
    ],
    balance: [
      [d.id, b.id, a.id, c.id],
      [c.id, a.id, b.id, d.id],
    ],
    update: [
      [b.id, c.id, d.id, a.id],
      [a.id, d.id, c.id, b.id],
    ],
  };
  for (const [column, orders] of Object.entries(expected))
    for (const direction of [0, 1]) {
      const { status, body } = await gateway.admin(
        'GET',
        `/admin/api-key/list?orderBy=${column}-${direction}`,
      );
      t.equal(status, 200);
      t.same(
        body.data.items.map((row: { id: number }) => row.id),
        orders[direction],
        `${column}-${direction}`,
      );
    }
});

t.test('keys can be narrowed to a role and to a group', async (t) => {
  const gateway = await startTestGateway(t);
  await gateway.createKey({ name: 'user, default', group_id: 1 });
  await gateway.createKey({ name: 'user, none' });
  await gateway.createKey({ name: 'admin, default', role: 'admin', group_id: 1 });
  const get = async (query: string) => gateway.admin('GET', `/admin/api-key/list?${query}`);
  t.same(names((await get('role=admin')).body), ['admin, default']);
  t.same(names((await get('role=user&group_id=1')).body), ['user, default']);
  t.same(names((await get('group_id=0')).body), ['user, none']);
  t.same(names((await get('group_id=2')).body), []);
  t.equal((await get('role=')).body.data.total, '3');
  t.match(await get('role=root'), { status: 400, body: { data: 'role: must be one of user, admin' } });
  t.match(await get('group_id=-1'), { status: 400, body: { error: { param: 'group_id' } } });
});
