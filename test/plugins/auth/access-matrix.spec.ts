// Every registered route with every kind of caller. The expectation comes from the contract's prefixes alone.
import Fastify from 'fastify';
import t from 'tap';
import database from '../../../src/platform/database.ts';
import auth from '../../../src/plugins/auth/index.ts';
import { createTestDatabase } from '../../helpers/database.ts';
import { ADMIN_API_KEY, startTestGateway, type TestGateway } from '../../helpers/gateway.ts';
import { type RawAnswer, rawRequest } from '../../helpers/raw-request.ts';
import { concretePath, type Route, routesOf } from '../../helpers/route-table.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { signIn } from './sign-in.ts';

type Verdict = 401 | 403 | 'served';
type Access = 'admin' | 'key' | 'inference';

interface Caller {
  name: string;
  headers: Record<string, string>;
  may: Record<Access, Verdict>;
  /** Verdict on a route that changes something, where it differs. */
  mayWrite?: Partial<Record<Access, Verdict>>;
}

const PUBLIC = new Set(['/healthz', '/readyz', '/metrics', '/console/session', '/openapi.json', '/docs']);
const NOBODY = { admin: 401, key: 401, inference: 401 } as const;
const USER = { admin: 403, key: 'served', inference: 'served' } as const;
const ADMIN = { admin: 'served', key: 'served', inference: 'served' } as const;
const BOOTSTRAP = { admin: 'served', key: 403, inference: 403 } as const;
/** `/v1` answers any origin, so cookies count for nothing there. */
const inBrowser = <T extends Caller['may']>(may: T) => ({ ...may, inference: 401 }) as const;

function accessOf({ url }: Route): Access | 'public' | undefined {
  if (url.startsWith('/admin/')) return 'admin';
  if (url.startsWith('/user/')) return 'key';
  if (url.startsWith('/v1/')) return 'inference';
  return PUBLIC.has(url) || url.startsWith('/docs/') ? 'public' : undefined;
}

async function callersOf(gateway: TestGateway): Promise<Caller[]> {
  const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
  const user = await gateway.createKey();
  const admin = await gateway.createKey({ role: 'admin' });
  const disabled = await gateway.createKey({ role: 'admin' });
  const deleted = await gateway.createKey({ role: 'admin' });
  await gateway.admin('POST', '/admin/api-key/update', { id: disabled.id, status: 'disabled' });
  await gateway.admin('POST', '/admin/api-key/delete', { id: deleted.id });
  const own = { origin: gateway.url };
  const foreign = { origin: 'https://evil.example' };
  const userCookie = { cookie: await signIn(gateway, user.secret) };
  const adminCookie = { cookie: await signIn(gateway, admin.secret) };
  const bootstrapCookie = { cookie: await signIn(gateway, ADMIN_API_KEY) };
  const noWrites = { admin: 403, key: 403, inference: 401 } as const;
  return [
    { name: 'nobody', headers: {}, may: NOBODY },
    { name: 'an empty bearer', headers: { authorization: 'Bearer ' }, may: NOBODY },
    { name: 'another scheme', headers: { authorization: `Basic ${btoa(`x:${admin.secret}`)}` }, may: NOBODY },
    { name: 'a bare key', headers: { authorization: admin.secret }, may: NOBODY },
    { name: 'garbage', headers: bearer("br-' or 1=1 --"), may: NOBODY },
    { name: 'a key in the wrong case', headers: bearer(admin.secret.toUpperCase()), may: NOBODY },
    { name: 'the key of nobody', headers: bearer(`br-${'x'.repeat(40)}`), may: NOBODY },
    { name: 'a user', headers: bearer(user.secret), may: USER },
    { name: 'a user by x-api-key', headers: { 'x-api-key': user.secret }, may: USER },
    { name: 'an admin', headers: bearer(admin.secret), may: ADMIN },
    { name: 'the bootstrap key', headers: bearer(ADMIN_API_KEY), may: BOOTSTRAP },
    { name: 'a disabled key', headers: bearer(disabled.secret), may: NOBODY },
    { name: 'a deleted key', headers: bearer(deleted.secret), may: NOBODY },
    { name: "a user's browser", headers: { ...userCookie, ...own }, may: inBrowser(USER) },
    { name: "an admin's browser", headers: { ...adminCookie, ...own }, may: inBrowser(ADMIN) },
    {
      name: "the bootstrap key's browser",
      headers: { ...bootstrapCookie, ...own },
      may: inBrowser(BOOTSTRAP),
    },
    {
      name: 'a browser without a session',
      headers: { cookie: 'brconnector_session=x', ...own },
      may: NOBODY,
    },
    {
      name: "an admin's browser on a foreign page",
      headers: { ...adminCookie, ...foreign },
      may: inBrowser(ADMIN),
      mayWrite: noWrites,
    },
    {
      name: "an admin's browser on a page without an origin",
      headers: { ...adminCookie, origin: 'null' },
      may: inBrowser(ADMIN),
      mayWrite: noWrites,
    },
    {
      name: "an admin's cookie without a browser's headers",
      headers: adminCookie,
      may: inBrowser(ADMIN),
      mayWrite: noWrites,
    },
    {
      name: 'a wrong key beside a good cookie',
      headers: { ...adminCookie, ...own, ...bearer('br-wrong') },
      may: NOBODY,
    },
  ];
}

/** What is wrong with the answer, or nothing. */
function faultOf(
  { method, url }: Route,
  caller: Caller,
  access: Access,
  answer: RawAnswer,
): string | undefined {
  const isWrite = method !== 'GET' && method !== 'HEAD';
  const expected = (isWrite ? caller.mayWrite?.[access] : undefined) ?? caller.may[access];
  const got = answer.status === 401 || answer.status === 403 ? answer.status : 'served';
  const text = `${method} ${url} for ${caller.name}: ${answer.status} ${answer.text}`;
  if (got !== expected) return `expected ${expected}, ${text}`;
  if (answer.status >= 500) return text;
  if (typeof answer.headers['x-request-id'] !== 'string') return `no request id, ${text}`;
  if (got === 'served' || method === 'HEAD') return undefined;
  const body: unknown = JSON.parse(answer.text);
  if (!hasErrorShape(body, url, access)) return `not the error shape of its surface, ${text}`;
  return undefined;
}

function hasErrorShape(body: unknown, url: string, access: Access): boolean {
  const shape = url.startsWith('/v1/messages')
    ? /^\{"type":"error","error":\{"type":"(authentication|permission)_error","message":"[^"\\]+(\\"[^"\\]*)*"\},"request_id":"[\w-]+"\}$/
    : access === 'inference'
      ? /^\{"error":\{"message":"[^"\\]+(\\"[^"\\]*)*","type":"invalid_request_error","param":null,"code":("\w+"|null)\}\}$/
      : /^\{"success":false,"data":"[^"\\]+(\\"[^"\\]*)*","error":\{"code":"[A-Z_]+","param":null\}\}$/;
  return shape.test(JSON.stringify(body));
}

t.test(
  'every route serves exactly whom the contract says, and refuses everybody else in its own shape',
  async (t) => {
    const gateway = await startTestGateway(t);
    const callers = await callersOf(gateway);
    const routes = routesOf(gateway.app).filter(({ method }) => method !== 'OPTIONS');
    t.ok(routes.length > 40, 'the table is read');
    for (const { method, url } of routes)
      if (!url.endsWith('*'))
        t.ok(
          gateway.app.hasRoute({ method: method as 'GET', url }),
          `${method} ${url} is what the router knows`,
        );
    const faults: string[] = [];
    for (const route of routes) {
      const access = accessOf(route);
      if (access === undefined) faults.push(`${route.url} is not in the contract: who may call it?`);
      if (access === undefined || access === 'public') continue;
      await Promise.all(
        callers.map(async (caller) => {
          const isWrite = route.method === 'POST';
          const answer = await rawRequest(gateway.url, concretePath(route.url), {
            method: route.method,
            // A feed that may be opened answers 406 to this, which is enough to see that it was.
            headers: {
              accept: 'text/html',
              ...(isWrite && { 'content-type': 'application/json' }),
              ...caller.headers,
            },
            ...(isWrite && { body: '{}' }),
          });
          const fault = faultOf(route, caller, access, answer);
          if (fault !== undefined) faults.push(fault);
        }),
      );
    }
    t.same(faults, []);
  },
);

t.test('the routes of the seed README and of the contract all exist', async (t) => {
  const gateway = await startTestGateway(t);
  const table = new Set(routesOf(gateway.app).map(({ method, url }) => `${method} ${url}`));
  const wanted = [
    ...['apply', 'update', 'recharge', 'reset-key', 'delete'].map((verb) => `POST /admin/api-key/${verb}`),
    ...['api-key/list', 'api-key/detail/:id', 'payment/list', 'statistics/total'].map(
      (path) => `GET /admin/${path}`,
    ),
    ...['session/list', 'session/detail', 'session/detail/:id'].map((path) => `GET /admin/${path}`),
    ...['thread/list', 'thread/detail', 'thread/detail/:id', 'events'].map((path) => `GET /admin/${path}`),
    ...['api-key/mine', 'session/list', 'session/detail/:id'].map((path) => `GET /user/${path}`),
    ...['thread/list', 'thread/detail/:id', 'events'].map((path) => `GET /user/${path}`),
    ...['POST /v1/chat/completions', 'POST /v1/responses', 'GET /v1/models', 'GET /v1/models*'],
    ...['POST /v1/completions', 'POST /v1/messages', 'POST /v1/messages/count_tokens'],
    ...['POST /v1/embeddings', 'POST /v1/images/generations'],
    ...['GET /healthz', 'GET /readyz'],
  ];
  t.same(
    wanted.filter((route) => !table.has(route)),
    [],
  );
});

t.test('a route that does not declare its access fails the boot', async (t) => {
  const testDatabase = await createTestDatabase(t);
  const app = Fastify();
  t.teardown(() => app.close());
  await app.register(database, { database: testDatabase.open() });
  await app.register(auth, {
    adminApiKey: ADMIN_API_KEY,
    keyPepper: 'a pepper for tests only',
    dataDir: temporaryFolder(t),
  });
  t.throws(() => app.get('/naked', async () => 'secret'), /does not declare its access/);
  t.throws(() => app.get('/naked', { config: {} }, async () => 'secret'), /does not declare its access/);
});
