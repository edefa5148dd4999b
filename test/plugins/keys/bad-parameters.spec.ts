// Bad input outside bodies: ids in paths, and headers that are kept.
import t from 'tap';
import { ADMIN_API_KEY, startTestGateway } from '../../helpers/gateway.ts';
import { concretePath, routesOf } from '../../helpers/route-table.ts';
import { snapshot } from '../../helpers/snapshot.ts';

t.test('a path id that is no id is 400 and names it; one that nobody has is 404', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey({ role: 'admin' });
  const routes = routesOf(gateway.app).filter(({ method, url }) => method === 'GET' && url.includes(':id'));
  t.ok(routes.length >= 5);
  for (const { url } of routes) {
    const get = (id: string) => gateway.api('GET', concretePath(url, id), { key: key.secret });
    for (const id of [
      '0',
      '-1',
      'abc',
      '1.5',
      '1e400',
      '9007199254740993',
      '%00',
      '%20',
      "1'--",
      '%ef%bc%91',
      'null',
    ]) {
      const answer = await get(id);
      t.equal(answer.status, 400, `${url} ${id}`);
      t.match(answer.body, { success: false, data: /^id: /, error: { param: 'id' } });
    }
    for (const id of ['9007199254740991', '2147483648', '999'])
      t.match(
        await get(id),
        { status: 404, body: { success: false, error: { code: /_NOT_FOUND$/ } } },
        `${url} ${id}`,
      );
    t.equal((await get('x'.repeat(3000))).status, 414, 'a path that is far too long');
  }
  for (const room of ['session', 'thread'])
    t.match(await gateway.api('GET', `/admin/${room}/detail`, { key: key.secret }), {
      status: 400,
      body: { data: /^id: / },
    });
});

t.test('a Session-Id or Idempotency-Key that cannot be kept is refused by name', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const before = await snapshot(gateway.database);
  for (const value of ['', 'a b', 'x'.repeat(129), "a'b", 'a,b', 'é', '../x?y']) {
    const headers = { 'Session-Id': Buffer.from(value).toString('latin1') };
    const answer = await gateway.chat(key, {}, headers);
    t.equal(answer.status, 400, value);
    t.match(answer.body.error, { message: /Session-Id/, type: 'invalid_request_error' });
  }
  for (const value of ['', 'a b', 'x'.repeat(256), 'é']) {
    const headers = { 'Idempotency-Key': Buffer.from(value).toString('latin1') };
    const body = { id: key.id, balance: 1 };
    const answer = await gateway.api('POST', '/admin/api-key/recharge', {
      key: ADMIN_API_KEY,
      body,
      headers,
    });
    t.equal(answer.status, 400, value);
    t.match(answer.body, { success: false, data: /Idempotency-Key/ });
  }
  t.same(await snapshot(gateway.database), before);
  for (const value of ['x'.repeat(128), 'a_b.c:d@e/f+g=h-1'])
    t.equal((await gateway.chat(key, {}, { 'Session-Id': value })).status, 200, value);
});
