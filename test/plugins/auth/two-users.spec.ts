// Two keys: whatever belongs to the one is, for the other, exactly as if it did not exist.
import t from 'tap';
import { type NewKey, startTestGateway, type TestGateway } from '../../helpers/gateway.ts';
import { concretePath, routesOf } from '../../helpers/route-table.ts';

const MISSING = 9_007_199_254_740_991;

async function twoUsers(gateway: TestGateway): Promise<{ a: NewKey; b: NewKey }> {
  const a = await gateway.createKey({ name: 'a' });
  const b = await gateway.createKey({ name: 'b' });
  const say = (key: NewKey, content: string, session: string) =>
    gateway.chat(key, { messages: [{ role: 'user', content }] }, { 'Session-Id': session });
  await say(a, "a's first secret", 'shared');
  await say(a, "a's second secret", 'only-a');
  await say(b, "b's own words", 'shared');
  await gateway.recorded(3);
  return { a, b };
}

t.test('every id of one user is for the other exactly like a missing one, on every route', async (t) => {
  const gateway = await startTestGateway(t);
  const { a, b } = await twoUsers(gateway);
  const details = routesOf(gateway.app).filter(
    ({ method, url }) => method === 'GET' && url.startsWith('/user/') && url.includes(':id'),
  );
  t.ok(details.length >= 2);
  for (const { url } of details) {
    const get = (key: NewKey, id: number) => gateway.api('GET', concretePath(url, id), { key: key.secret });
    const missing = await get(b, MISSING);
    t.equal(missing.status, 404);
    let foreign = 0;
    for (let id = 1; id <= 6; id += 1) {
      const own = await get(a, id);
      const others = await get(b, id);
      if (own.status !== 200) continue;
      foreign += 1;
      t.equal(own.body.data.key_id, a.id);
      t.equal(others.status, 404, `${url} ${id}`);
      t.same(others.body, missing.body);
    }
    t.equal(foreign, 2, 'both of them were tried');
  }
});

t.test('every list of a user holds only their own rows, whatever the query asks for', async (t) => {
  const gateway = await startTestGateway(t);
  const { a, b } = await twoUsers(gateway);
  const sessionsOfA = await gateway.api('GET', '/user/session/list', { key: a.secret });
  const lists = routesOf(gateway.app).filter(
    ({ method, url }) => method === 'GET' && url.startsWith('/user/') && url.endsWith('/list'),
  );
  t.ok(lists.length >= 2);
  for (const { url } of lists) {
    const list = async (query: string) =>
      (await gateway.api('GET', `${url}?${query}`, { key: b.secret })).body.data;
    for (const query of ['', `key_id=${a.id}`, 'key_id=0', 'key_id=abc', `key_id=${a.id}&key_id=${b.id}`]) {
      const { items, total } = await list(query);
      t.equal(total, '1', `${url}?${query}`);
      t.equal(items[0].key_id, b.id);
    }
    t.same(await list(`q=${encodeURIComponent("a's")}`), { items: [], total: '0', limit: 20, offset: 0 });
    if (url.includes('thread'))
      for (const { id } of sessionsOfA.body.data.items)
        t.same((await list(`session_id=${id}`)).items, [], "another's session holds nothing");
  }
});

t.test("another key's session id makes another session, and leaves the first as it was", async (t) => {
  const gateway = await startTestGateway(t);
  const a = await gateway.createKey();
  const b = await gateway.createKey();
  await gateway.chat(a, {}, { 'Session-Id': 'shared' });
  await gateway.recorded(1);
  const before = await gateway.admin('GET', '/admin/session/detail/1');
  gateway.simulator.script({ behaviour: { kind: 'answer', text: 'a title by b' } });
  await gateway.chat(b, {}, { 'Session-Id': 'shared' });
  await gateway.recorded(2);
  t.same((await gateway.admin('GET', '/admin/session/detail/1')).body, before.body);
  const { body } = await gateway.admin('GET', '/admin/session/list');
  t.same(
    body.data.items.map((row: Record<string, unknown>) => [row.key, row.key_id]),
    [
      ['shared', b.id],
      ['shared', a.id],
    ],
  );
  t.equal(body.data.items[0].title, 'a title by b');
});

t.test('an administrator sees every row and can narrow lists to a key', async (t) => {
  const gateway = await startTestGateway(t);
  const { a, b } = await twoUsers(gateway);
  const admin = await gateway.createKey({ role: 'admin' });
  for (const room of ['session', 'thread']) {
    const get = async (query: string) =>
      (await gateway.api('GET', `/admin/${room}/list${query}`, { key: admin.secret })).body.data;
    t.equal((await get('')).total, '3');
    t.equal((await get('?key_id=')).total, '3', 'empty is absent');
    t.equal((await get(`?key_id=${a.id}`)).total, '2');
    t.equal((await get(`?key_id=${b.id}`)).total, '1');
    t.equal((await get('?key_id=999')).total, '0');
    const own = await gateway.api('GET', `/user/${room}/list`, { key: admin.secret });
    t.equal(own.body.data.total, '0', 'as a user, an administrator sees only their own');
  }
});
