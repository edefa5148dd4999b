// Browsers of other origins, and the headers that protect our own pages.
import t from 'tap';
import { ADMIN_API_KEY, startTestGateway } from '../helpers/gateway.ts';

const ORIGIN = 'https://brclient.example';

t.test('/v1 answers any origin, errors and streams too, and lets scripts read our headers', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const preflight = await gateway.api('OPTIONS', '/v1/chat/completions', {
    headers: {
      origin: ORIGIN,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,session-id,x-stainless-lang',
    },
  });
  t.equal(preflight.status, 204);
  t.equal(preflight.headers.get('access-control-allow-origin'), '*');
  t.match(preflight.headers.get('access-control-allow-methods'), /POST/);
  t.match(
    preflight.headers.get('access-control-allow-headers'),
    /authorization.*session-id.*x-stainless-lang/,
  );
  t.equal(preflight.headers.get('access-control-allow-credentials'), null, 'cookies never travel');
  const headers = { origin: ORIGIN };
  const answers = [
    await gateway.api('GET', '/v1/models', { key: key.secret, headers }),
    await gateway.api('GET', '/v1/models', { headers }),
    await gateway.api('GET', '/v1/nothing', { headers }),
    await gateway.chat(key, {}, headers),
    await gateway.chat(key, { stream: true }, headers),
    await gateway.chat(key, { model: 'nobody' }, headers),
  ];
  t.same(
    answers.map(({ status }) => status),
    [200, 401, 404, 200, 200, 404],
  );
  for (const answer of answers) {
    t.equal(answer.headers.get('access-control-allow-origin'), '*');
    t.match(answer.headers.get('access-control-expose-headers'), /x-request-id/);
    t.match(answer.headers.get('access-control-expose-headers'), /x-should-retry/);
    t.match(answer.headers.get('access-control-expose-headers'), /x-gateway-dropped-params/);
    t.ok(answer.headers.get('x-request-id'));
  }
});

t.test('/admin, /user and the console answer no other origin', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  for (const path of [
    '/admin/api-key/list',
    '/user/api-key/mine',
    '/console/session',
    '/user/events',
    '/V1/models',
    '/nope',
  ]) {
    const preflight = await gateway.api('OPTIONS', path, {
      headers: {
        origin: ORIGIN,
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization',
      },
    });
    const secret = path.startsWith('/admin') ? ADMIN_API_KEY : key.secret;
    const answer = await gateway.api('GET', path, {
      key: secret,
      headers: { origin: ORIGIN, accept: 'text/html' },
    });
    for (const { headers } of [preflight, answer])
      t.same(
        [...headers.keys()].filter((name) => name.startsWith('access-control-')),
        [],
        path,
      );
  }
});

t.test('CORS_ORIGINS names the only other origins, everywhere', async (t) => {
  const gateway = await startTestGateway(t, { env: { CORS_ORIGINS: `${ORIGIN},https://other.example` } });
  const key = await gateway.createKey();
  const allowed = async (path: string, origin: string) =>
    (await gateway.api('GET', path, { key: key.secret, headers: { origin } })).headers.get(
      'access-control-allow-origin',
    );
  for (const path of ['/v1/models', '/user/api-key/mine']) {
    t.equal(await allowed(path, ORIGIN), ORIGIN);
    t.equal(await allowed(path, 'https://evil.example'), null);
    t.equal(await allowed(path, `${ORIGIN}.evil.example`), null);
  }
});

t.test('every answer forbids what our pages do not need', async (t) => {
  const gateway = await startTestGateway(t);
  for (const path of ['/healthz', '/admin/api-key/list', '/console/session', '/nope']) {
    const { headers } = await gateway.api('GET', path);
    const policy = headers.get('content-security-policy') ?? '';
    for (const rule of [
      "default-src 'self'",
      "object-src 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ])
      t.ok(policy.includes(rule), `${path}: ${rule}`);
    t.notMatch(policy, /unsafe|\*|http/);
    t.equal(headers.get('x-content-type-options'), 'nosniff');
    t.equal(headers.get('referrer-policy'), 'no-referrer');
    t.equal(headers.get('server'), null);
    t.equal(headers.get('x-powered-by'), null);
  }
});

t.test('what programs ask for is never taken for a page, nor kept by anybody', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  for (const { headers } of [await gateway.api('GET', '/v1/models'), await gateway.chat(key)]) {
    t.equal(headers.get('x-content-type-options'), 'nosniff');
    t.equal(headers.get('cache-control'), 'no-store');
    t.equal(headers.get('x-powered-by'), null);
  }
});
