// The console's sign-in: a key is traded for an HttpOnly cookie, and the key's fate is the session's.
import t from 'tap';
import { ADMIN_API_KEY, startTestGateway } from '../../helpers/gateway.ts';
import { rawRequest } from '../../helpers/raw-request.ts';
import { signIn } from './sign-in.ts';

t.test(
  'signing in sets a cookie that scripts and other sites cannot use, and never echoes the key',
  async (t) => {
    const gateway = await startTestGateway(t);
    const key = await gateway.createKey({ name: 'rob', role: 'admin' });
    const answer = await gateway.api('POST', '/console/session', { body: { api_key: ` ${key.secret}\n` } });
    t.equal(answer.status, 200);
    t.match(answer.body, { success: true, data: { id: key.id, name: 'rob', role: 'admin' } });
    t.same(Object.keys(answer.body.data), ['id', 'name', 'role', 'expires_at']);
    const [cookie = '', ...others] = answer.headers.getSetCookie();
    t.same(others, []);
    const [pair = '', ...flags] = cookie.split('; ');
    t.match(pair, /^brconnector_session=[\w-]{43}$/);
    t.same(flags.filter((flag) => !flag.startsWith('Expires=')).sort(), [
      'HttpOnly',
      'Path=/',
      'SameSite=Strict',
    ]);
    const hours = (Date.parse(answer.body.data.expires_at) - Date.now()) / 3_600_000;
    t.ok(hours > 11.9 && hours <= 12);
    t.notMatch(JSON.stringify(answer.body) + cookie, key.secret);
    const [row] = await gateway.database.sql`select count(*)::int as hits from console_session
    where token_digest = ${pair.split('=')[1] ?? ''} or key_digest = ${key.secret}`;
    t.equal(row?.hits, 0, 'neither the token nor the key is stored');
  },
);

t.test('behind a proxy that ends TLS the cookie is Secure', async (t) => {
  const gateway = await startTestGateway(t, { env: { TRUST_PROXY: 'true' } });
  const key = await gateway.createKey();
  const headers = { 'x-forwarded-proto': 'https' };
  const answer = await gateway.api('POST', '/console/session', { body: { api_key: key.secret }, headers });
  t.match(answer.headers.getSetCookie()[0], /; Secure/);
});

t.test('whoever is signed in is told who they are, and after signing out nobody is', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey({ name: 'jack' });
  const cookie = await signIn(gateway, key.secret);
  const whoAmI = () => gateway.api('GET', '/console/session', { headers: { cookie } });
  t.match((await whoAmI()).body, { success: true, data: { id: key.id, name: 'jack', role: 'user' } });
  const bootstrap = await signIn(gateway, ADMIN_API_KEY);
  const identity = await gateway.api('GET', '/console/session', { headers: { cookie: bootstrap } });
  t.match(identity.body.data, { id: null, name: 'bootstrap', role: 'bootstrap' });

  const out = await gateway.api('DELETE', '/console/session', { headers: { cookie } });
  t.equal(out.status, 200);
  t.same(out.body, { success: true, data: null });
  t.match(out.headers.getSetCookie()[0], /^brconnector_session=; .*Expires=Thu, 01 Jan 1970/);
  t.equal((await whoAmI()).status, 401);
  t.equal((await whoAmI()).body.error.code, 'NOT_SIGNED_IN');
  const mine = await gateway.api('GET', '/user/api-key/mine', { headers: { cookie } });
  t.equal(mine.status, 401, 'a copy of the cookie is worth nothing');
  t.equal((await gateway.api('DELETE', '/console/session')).status, 200, 'signing out twice is no error');
});

t.test('a wrong key does not sign in, and sets no cookie', async (t) => {
  const gateway = await startTestGateway(t);
  const disabled = await gateway.createKey();
  await gateway.admin('POST', '/admin/api-key/update', { id: disabled.id, status: 'disabled' });
  for (const api_key of ['x', `br-${'x'.repeat(40)}`, disabled.secret]) {
    const answer = await gateway.api('POST', '/console/session', { body: { api_key } });
    t.equal(answer.status, 401);
    t.same(Object.keys(answer.body), ['success', 'data', 'error']);
    t.same(answer.headers.getSetCookie(), []);
    t.notMatch(answer.body.data, api_key === 'x' ? /"x"/ : api_key);
  }
  for (const body of [
    {},
    { api_key: '' },
    { api_key: 5 },
    { api_key: 'x'.repeat(513) },
    { api_key: 'x', role: 'admin' },
  ]) {
    const answer = await gateway.api('POST', '/console/session', { body });
    t.equal(answer.status, 400, JSON.stringify(body).slice(0, 40));
    t.match(answer.body.data, /^(api_key|role): /);
  }
});

t.test('a rotated, disabled or deleted key ends the sessions it opened; so does time', async (t) => {
  const gateway = await startTestGateway(t);
  const mine = (cookie: string) => gateway.api('GET', '/user/api-key/mine', { headers: { cookie } });
  const changes: [verb: string, body: object][] = [
    ['reset-key', {}],
    ['update', { status: 'disabled' }],
    ['delete', {}],
  ];
  for (const [verb, body] of changes) {
    const key = await gateway.createKey();
    const cookie = await signIn(gateway, key.secret);
    t.equal((await mine(cookie)).status, 200);
    await gateway.admin('POST', `/admin/api-key/${verb}`, { id: key.id, ...body });
    t.equal((await mine(cookie)).status, 401, verb);
    t.equal((await gateway.api('GET', '/console/session', { headers: { cookie } })).status, 401);
  }
  const key = await gateway.createKey();
  const cookie = await signIn(gateway, key.secret);
  await gateway.database.sql`update console_session set expires_at = now() - interval '1 second'`;
  t.equal((await mine(cookie)).status, 401, 'expired');
  await signIn(gateway, key.secret);
  const [row] = await gateway.database.sql`select count(*)::int as count from console_session`;
  t.equal(row?.count, 1, 'expired sessions are swept');
});

t.test('a signed-in browser writes only from the console itself', async (t) => {
  const gateway = await startTestGateway(t);
  const admin = await gateway.createKey({ role: 'admin' });
  const cookie = await signIn(gateway, admin.secret);
  const apply = (headers: Record<string, string>) =>
    rawRequest(gateway.url, '/admin/api-key/apply', {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json', ...headers },
      body: '{"name":"by browser"}',
    });
  const refused: Record<string, string>[] = [
    {},
    { origin: 'null' },
    { origin: 'https://evil.example' },
    { origin: `${gateway.url}.evil.example` },
    { origin: gateway.url.replace(/:\d+$/, ':1') },
    { origin: gateway.url.replace('127.0.0.1', 'localhost') },
    { origin: '' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
  ];
  for (const headers of refused) {
    const answer = await apply(headers);
    t.equal(answer.status, 403, JSON.stringify(headers));
    t.match(JSON.parse(answer.text), { success: false, error: { code: 'FOREIGN_ORIGIN' } });
  }
  t.equal((await gateway.admin('GET', '/admin/api-key/list')).body.data.total, '1', 'nothing was made');
  t.equal((await apply({ origin: gateway.url })).status, 200);
  t.equal((await apply({ 'sec-fetch-site': 'same-origin' })).status, 200);
});

t.test('the cookie opens nothing under /v1', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const headers = { cookie: await signIn(gateway, key.secret), origin: gateway.url };
  t.equal((await gateway.api('GET', '/v1/models', { headers })).status, 401);
  const body = { model: 'claude-3-haiku', messages: [{ role: 'user', content: 'ping' }] };
  const chat = await gateway.api('POST', '/v1/chat/completions', { headers, body });
  t.equal(chat.status, 401);
  t.equal(gateway.simulator.journal.entries().length, 0);
});
