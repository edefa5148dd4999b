// Groups: made, changed, counted and deleted, and never lost under a key.
import t from 'tap';
import { startTestGateway, type TestGateway } from '../../helpers/gateway.ts';

const DEFAULT = {
  id: 1,
  name: 'default',
  description: '',
  allowed_models: null,
  requests_per_minute: null,
  tokens_per_minute: null,
  parallel_requests: null,
  key_count: 0,
};
const call = (gateway: TestGateway, verb: string, body: object) =>
  gateway.admin('POST', `/admin/group/${verb}`, body);
const list = async (gateway: TestGateway, query = '') =>
  (await gateway.admin('GET', `/admin/group/list?${query}`)).body.data;

t.test(
  'the default group exists from the first migration, and is found and paged like any list',
  async (t) => {
    const gateway = await startTestGateway(t);
    const all = await list(gateway);
    t.match(all, { items: [DEFAULT], total: '1', limit: 20, offset: 0 });
    t.same(Object.keys(all.items[0]), [...Object.keys(DEFAULT), 'created_at', 'updated_at']);
    t.equal((await list(gateway, 'q=FAULT')).total, '1');
    t.equal((await list(gateway, 'q=%25')).total, '0');
    t.same((await list(gateway, 'offset=1')).items, []);
  },
);

t.test('a group comes back as it was made, and a change changes what it names', async (t) => {
  const gateway = await startTestGateway(t);
  const wish = {
    name: '研究',
    description: 'long contexts',
    allowed_models: ['claude-3-*'],
    requests_per_minute: 60,
    tokens_per_minute: 100_000,
    parallel_requests: 4,
  };
  const made = await call(gateway, 'create', wish);
  t.match(made, { status: 200, body: { success: true, data: { id: 2, ...wish, key_count: 0 } } });
  const detail = async () => (await gateway.admin('GET', '/admin/group/detail/2')).body.data;
  t.same(await detail(), made.body.data);
  const changes = [
    { name: 'b' },
    { description: '' },
    { allowed_models: null },
    { requests_per_minute: null },
  ];
  for (const change of [...changes, { tokens_per_minute: 1 }, { parallel_requests: null }, {}]) {
    const before = await detail();
    const { body } = await call(gateway, 'update', { id: 2, ...change });
    t.same(body.data, { ...before, ...change, updated_at: body.data.updated_at }, JSON.stringify(change));
    t.same(await detail(), body.data);
  }
  const bare = await call(gateway, 'create', { name: 'bare' });
  t.match(bare.body.data, { ...DEFAULT, id: 3, name: 'bare' });
  const wallets = await gateway.database.sql`select group_id::int as id from group_wallet order by 1`;
  t.same(
    wallets.map(({ id }) => id),
    [1, 2, 3],
    'each has its wallet',
  );
  const ordered = async (by: string) =>
    (await list(gateway, `orderBy=${by}`)).items.map(({ id }: { id: number }) => id);
  t.same(await ordered('name-0'), [2, 3, 1]);
  t.same(await ordered('id-0'), [1, 2, 3]);
});

t.test('wrong values are refused by name and store nothing', async (t) => {
  const gateway = await startTestGateway(t);
  const bad: [field: string, values: unknown[]][] = [
    ['name', ['', ' ', 5, null, 'x'.repeat(256), 'a\0b']],
    ['description', [5, null, 'x'.repeat(1001)]],
    ['allowed_models', ['x', [], [''], ['a*b'], ['*a'], [5], {}, Array.from({ length: 201 }, () => 'x')]],
    ['requests_per_minute', [0, -1, 1.5, '5', 2 ** 31, true]],
    ['tokens_per_minute', [0]],
    ['parallel_requests', [0]],
    ['key_count', [1]],
    ['balance', ['1']],
  ];
  for (const [field, values] of bad)
    for (const value of values)
      for (const [verb, base] of [
        ['create', { name: 'x' }],
        ['update', { id: 1 }],
      ] as const) {
        const answer = await call(gateway, verb, { ...base, [field]: value });
        t.equal(answer.status, 400, `${verb} ${field} ${JSON.stringify(value)}`.slice(0, 80));
        t.match(answer.body, { success: false, error: { param: new RegExp(`^${field}`) } });
      }
  for (const verb of ['update', 'delete'])
    for (const id of ['1', 0, -1, 1.5, null, undefined])
      t.match(await call(gateway, verb, { id }), { status: 400, body: { error: { param: 'id' } } });
  t.match(await call(gateway, 'create', {}), { status: 400, body: { error: { param: 'name' } } });
  t.match((await list(gateway)).items, [DEFAULT]);
  const user = await gateway.createKey();
  for (const verb of ['create', 'update', 'delete']) {
    const path = `/admin/group/${verb}`;
    t.equal((await gateway.api('POST', path, { body: { name: 'x' } })).status, 401);
    t.equal((await gateway.api('POST', path, { key: user.secret, body: { name: 'x' } })).status, 403);
  }
});

t.test('a group that is not there is 404, on every route', async (t) => {
  const gateway = await startTestGateway(t);
  await call(gateway, 'create', { name: 'x' });
  t.equal((await call(gateway, 'delete', { id: 2 })).status, 200);
  for (const id of [2, 999]) {
    const missing = { status: 404, body: { success: false, error: { code: 'GROUP_NOT_FOUND' } } };
    t.match(await call(gateway, 'update', { id, name: 'y' }), missing);
    t.match(await call(gateway, 'delete', { id }), missing);
    t.match(await gateway.admin('GET', `/admin/group/detail/${id}`), missing);
  }
});

t.test(
  'a group with living keys is not deleted, nor is the default one; an empty one is, softly',
  async (t) => {
    const gateway = await startTestGateway(t);
    t.match(await call(gateway, 'delete', { id: 1 }), {
      status: 409,
      body: { error: { code: 'GROUP_IS_DEFAULT' } },
    });
    await call(gateway, 'create', { name: 'team' });
    const key = await gateway.createKey({ group_id: 2 });
    const gone = await gateway.createKey({ group_id: 2 });
    await gateway.admin('POST', '/admin/api-key/delete', { id: gone.id });
    t.match((await list(gateway)).items[0], { id: 2, key_count: 1 }, 'only the living count');
    t.equal((await list(gateway, 'orderBy=keys-1')).items[0].id, 2);
    t.match(await call(gateway, 'delete', { id: 2 }), {
      status: 409,
      body: { error: { code: 'GROUP_IN_USE' } },
    });
    await gateway.admin('POST', '/admin/api-key/update', { id: key.id, group_id: 0 });
    t.same((await call(gateway, 'delete', { id: 2 })).body, { success: true, data: null });
    t.equal((await list(gateway)).total, '1');
    const [row] = await gateway.database
      .sql`select count(*)::int as count from key_group where deleted_at is not null`;
    t.equal(row?.count, 1);
    t.match(await gateway.admin('POST', '/admin/api-key/update', { id: key.id, group_id: 2 }), {
      status: 400,
      body: { error: { code: 'GROUP_UNKNOWN', param: 'group_id' } },
    });
  },
);

t.test('no key ends up in a deleted group, however many join while it is deleted', async (t) => {
  const gateway = await startTestGateway(t);
  for (let round = 0; round < 8; round += 1) {
    const { id } = (await call(gateway, 'create', { name: 'x' })).body.data;
    const joining = Array.from({ length: 4 }, () =>
      gateway.admin('POST', '/admin/api-key/apply', { name: 'x', group_id: id }),
    );
    await Promise.all([...joining, call(gateway, 'delete', { id })]);
  }
  const [lost] = await gateway.database.sql`select count(*)::int as keys from virtual_key k
    join key_group g on g.id = k.group_id where g.deleted_at is not null and k.deleted_at is null`;
  t.equal(lost?.keys, 0);
});

t.test('a key joins a group, leaves it with 0, and is refused an unknown one', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey({ group_id: 1 });
  const groupOf = async () =>
    (await gateway.admin('GET', `/admin/api-key/detail/${key.id}`)).body.data.group_id;
  t.equal(await groupOf(), 1);
  await gateway.admin('POST', '/admin/api-key/update', { id: key.id, group_id: 0 });
  t.equal(await groupOf(), 0);
  const unknown = await gateway.admin('POST', '/admin/api-key/update', { id: key.id, group_id: 2 });
  t.equal(unknown.status, 400);
  t.match(unknown.body, { success: false, error: { code: 'GROUP_UNKNOWN', param: 'group_id' } });
  t.equal(await groupOf(), 0);
});
