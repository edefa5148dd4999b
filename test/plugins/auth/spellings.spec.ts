// Other ways to write a path. The original's guard read the URL's text; ours hangs on the route.
import t from 'tap';
import { startTestGateway } from '../../helpers/gateway.ts';
import { rawRequest } from '../../helpers/raw-request.ts';
import { concretePath, routesOf } from '../../helpers/route-table.ts';

const encodeAll = (text: string) =>
  text.replace(/[a-z]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`);

/** Each rewrites `/admin/api-key/list` (any path of at least two segments). */
const SPELLINGS: Record<string, (path: string) => string> = {
  'upper case': (path) => path.toUpperCase(),
  'a capital': (path) => path.replace(/[a-z]/, (letter) => letter.toUpperCase()),
  'a capital at the end': (path) => path.replace(/[a-z](?=[^a-z]*$)/, (letter) => letter.toUpperCase()),
  'a double slash in front': (path) => `/${path}`,
  'a triple slash in front': (path) => `//${path}`,
  'a double slash inside': (path) => path.replace(/(?<=.)\//, '//'),
  'a trailing slash': (path) => `${path}/`,
  'two trailing slashes': (path) => `${path}//`,
  'a dot segment': (path) => `/.${path}`,
  'a dot segment inside': (path) => path.replace(/(?<=.)\//, '/./'),
  'a climbing segment': (path) => `/healthz/..${path}`,
  'an encoded climbing segment': (path) => `/healthz/%2e%2e${path}`,
  'a climb through /webui': (path) => `/webui/..${path}`,
  'a climb out of /v1': (path) => `/v1/..${path}`,
  '/webui behind it': (path) => `${path}/webui`,
  '/webui before it': (path) => `/webui${path}`,
  'an encoded letter': (path) => path.replace(/[a-z]/, encodeAll),
  'every letter encoded': encodeAll,
  'letters encoded twice': (path) => encodeAll(path).replaceAll('%', '%25'),
  'an encoded slash': (path) => path.replace(/(?<=.)\//, '%2f'),
  'all slashes encoded': (path) => `/${path.slice(1).replaceAll('/', '%2F')}`,
  'a slash encoded twice': (path) => path.replace(/(?<=.)\//, '%252f'),
  backslashes: (path) => `/${path.slice(1).replaceAll('/', '\\')}`,
  'an encoded backslash': (path) => path.replace(/(?<=.)\//, '%5c'),
  'path parameters': (path) => `${path};jsessionid=1`,
  'path parameters inside': (path) => path.replace(/(?<=.)\//, ';x=1/'),
  'an encoded semicolon': (path) => `${path}%3bx`,
  'an encoded question mark': (path) => `${path}%3fx=1`,
  'an encoded NUL behind': (path) => `${path}%00`,
  'an encoded space behind': (path) => `${path}%20`,
  'an encoded line end': (path) => `${path}%0d%0a`,
  'a dot behind': (path) => `${path}.`,
  '.json behind': (path) => `${path}.json`,
  'a broken escape': (path) => `${path}%zz`,
  'a truncated escape': (path) => `${path}%2`,
  'invalid UTF-8': (path) => `${path}%ff`,
  'an overlong slash': (path) => path.replace(/(?<=.)\//, '%c0%af'),
  'an absolute form': (path) => `http://localhost${path}`,
  'an absolute form of another host': (path) => `http://evil.example:1${path}`,
  'a full-width slash': (path) => path.replace(/(?<=.)\//, '%ef%bc%8f'),
};

const isGuarded = (url: string) => /^\/(admin|user|v1)\//.test(url);

t.test('no other spelling of any guarded path is served without its guard', async (t) => {
  const gateway = await startTestGateway(t);
  const user = await gateway.createKey();
  const routes = routesOf(gateway.app).filter(({ method, url }) => method !== 'HEAD' && isGuarded(url));
  t.ok(routes.length >= 24, 'the table is read');
  const faults: string[] = [];
  const check = async (method: string, path: string, headers: Record<string, string>, refused: number) => {
    const body = method === 'POST' ? '{}' : undefined;
    const json = { ...headers, ...(body && { 'content-type': 'application/json' }) };
    const answer = await rawRequest(gateway.url, path, { method, headers: json, ...(body && { body }) });
    // A broken escape is a bad request before it is any route.
    if (![refused, 404, 405, 400].includes(answer.status) || answer.text.includes('"success":true'))
      faults.push(`${method} ${path}: ${answer.status} ${answer.text}`);
  };
  for (const rewrite of Object.values(SPELLINGS)) {
    await Promise.all(
      routes.flatMap(({ method, url }) => {
        const path = rewrite(concretePath(url));
        const asNobody = check(method, path, {}, 401);
        if (!url.startsWith('/admin/')) return [asNobody];
        return [asNobody, check(method, path, { authorization: `Bearer ${user.secret}` }, 403)];
      }),
    );
  }
  t.same(faults, []);
});

t.test('headers that claim another path or method change nothing', async (t) => {
  const gateway = await startTestGateway(t);
  const user = await gateway.createKey();
  for (const header of ['x-original-url', 'x-rewrite-url', 'x-forwarded-path', 'x-forwarded-prefix']) {
    const answer = await rawRequest(gateway.url, '/user/api-key/mine', {
      headers: { authorization: `Bearer ${user.secret}`, [header]: '/admin/api-key/list' },
    });
    t.equal(answer.status, 200);
    t.equal(JSON.parse(answer.text).data.id, user.id, header);
  }
  const overridden = await rawRequest(gateway.url, '/admin/api-key/list', {
    headers: { 'x-http-method-override': 'OPTIONS' },
  });
  t.equal(overridden.status, 401);
});

t.test("the original's webui trick opens nothing, and the path's id wins over the query's", async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  await gateway.chat(key, {}, { 'Session-Id': 's1' });
  await gateway.chat(key, {}, { 'Session-Id': 's2' });
  await gateway.recorded(2);
  for (const room of ['session', 'thread']) {
    t.equal((await gateway.api('GET', `/admin/${room}/detail/webui?id=1`)).status, 401);
    const user = await gateway.api('GET', `/user/${room}/detail/webui?id=1`, { key: key.secret });
    t.equal(user.status, 400);
    t.match(user.body, { success: false, data: /^id: /, error: { param: 'id' } });
    t.equal((await gateway.admin('GET', `/admin/${room}/detail/webui?id=1`)).status, 400);
    t.equal((await gateway.admin('GET', `/admin/${room}/detail/2?id=1`)).body.data.id, 2);
    const own = await gateway.api('GET', `/user/${room}/detail/2?id=1`, { key: key.secret });
    t.equal(own.body.data.id, 2);
    t.equal((await gateway.admin('GET', `/admin/${room}/detail?id=1`)).body.data.id, 1);
  }
});
