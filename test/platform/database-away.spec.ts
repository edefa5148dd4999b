// When the database is away: 503 within three seconds on every route, nothing sent upstream, and no word of ours told.
import t, { type Test } from 'tap';
import { type DatabaseProxy, startDatabaseProxy } from '../helpers/database-proxy.ts';
import { ADMIN_API_KEY, type NewKey, startTestGateway, type TestGateway } from '../helpers/gateway.ts';
import { concretePath, routesOf } from '../helpers/route-table.ts';

const PUBLIC = /^\/(healthz|readyz|docs|openapi\.json|console)/;

/** What more than an id these need to be asked at all. */
const BODIES: Record<string, (id: number) => object> = {
  '/admin/budget/set': (id) => ({ key_id: id, window: 'day', limit: 1 }),
  '/admin/group/create': () => ({ name: 'x' }),
  '/admin/group/update': (id) => ({ id, name: 'x' }),
  '/admin/ledger/adjust': (id) => ({ key_id: id, amount: 1, reason: 'x' }),
  '/admin/ledger/refund': (id) => ({ thread_id: id, reason: 'x' }),
  '/admin/ledger/transfer': (id) => ({ from_key_id: id, to_key_id: id + 1, amount: 1, reason: 'x' }),
  '/admin/reconciliation/post': (id) => ({ ids: [id] }),
  '/v1/completions': () => ({ model: 'claude-3-haiku', prompt: 'a secret prompt' }),
  '/v1/messages': () => ({ ...CHAT, max_tokens: 64 }),
  '/v1/messages/count_tokens': () => CHAT,
  '/admin/price/reprice/preview': () => ({ base_id: 'm', scope: 'us', from: FROM, to: TO, reason: 'x' }),
};
const CHAT = { model: 'claude-3-haiku', messages: [{ role: 'user', content: 'a secret prompt' }] };
const [FROM, TO] = ['2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z'];
/** Whole files and whole records: their own rooms' tests send those. A 400 is an answer that needs no database. */
const NEEDS_A_FILE = /import$|model\/create|price\/(set|delete|reprice)$|alert-channel\/create|report$/;
/** So many at once: together they would wait for each other's turns. */
const AT_ONCE = 20;

/** A body that would be served. */
function bodyFor(url: string, key: NewKey): object | undefined {
  const make = BODIES[url];
  if (make !== undefined) return make(key.id);
  if (url.endsWith('/apply')) return { name: 'x' };
  if (url.endsWith('/recharge')) return { id: key.id, balance: 1 };
  if (url.endsWith('/completions')) return CHAT;
  if (url.endsWith('/responses')) return { model: 'claude-3-haiku', input: 'a secret prompt' };
  if (url.endsWith('/embeddings')) return { model: 'amazon.titan-embed-text-v2:0', input: 'a secret text' };
  if (url.endsWith('/generations')) return { model: 'amazon.nova-canvas-v1:0', prompt: 'a secret prompt' };
  return { id: key.id };
}

async function tryEveryRoute(gateway: TestGateway, admin: NewKey): Promise<string[]> {
  const faults: string[] = [];
  const routes = routesOf(gateway.app).filter(
    ({ method, url }) =>
      (method === 'GET' || method === 'POST') && !PUBLIC.test(url) && !url.endsWith('/events'),
  );
  if (routes.length < 20) faults.push('the table is not read');
  const tries = routes.map(({ method, url }) => async () => {
    // The catalogue is in memory, and metrics leave out what they cannot read.
    const isFromMemory = url.startsWith('/v1/models') || url === '/metrics';
    const body = method === 'POST' ? bodyFor(url, admin) : undefined;
    const query = url.endsWith('/list') && !url.includes('payment') ? '?q=a+secret+search' : '';
    const path = concretePath(url) + query + (url.endsWith('/detail') ? '?id=1' : '');
    const started = performance.now();
    const signal = AbortSignal.timeout(6000);
    const answer = await fetch(gateway.url + path, {
      method,
      signal,
      headers: {
        authorization: `Bearer ${admin.secret}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    }).catch((error: Error) => error.name);
    const took = Math.round(performance.now() - started);
    if (typeof answer === 'string') return faults.push(`${method} ${path}: ${answer} after ${took} ms`);
    const text = await answer.text();
    const said = `${method} ${path}: ${answer.status} after ${took} ms, retry-after ${answer.headers.get('retry-after')}, ${text}`;
    if (isFromMemory && answer.status === 200) return;
    if (NEEDS_A_FILE.test(url) && answer.status === 400) return;
    if (answer.status !== 503 || took > 3000 || answer.headers.get('retry-after') === null)
      return faults.push(said);
    const shape = url.startsWith('/v1/messages')
      ? /^\{"type":"error","error":\{"type":"overloaded_error"/
      : url.startsWith('/v1')
        ? /"code":"service_unavailable"/
        : /^\{"success":false,"data":"[^"]+","error":\{"code":"SERVICE_UNAVAILABLE"/;
    if (!shape.test(text) || /secret|select|ECONN|127\.0\.0\.1|CONNECT|timeout/i.test(text))
      faults.push(said);
  });
  for (let index = 0; index < tries.length; index += AT_ONCE)
    await Promise.all(tries.slice(index, index + AT_ONCE).map((run) => run()));
  return faults.sort();
}

async function withDatabaseAway(t: Test, goAway: (proxy: DatabaseProxy) => unknown) {
  const lines: string[] = [];
  const witness = await startTestGateway(t);
  const proxy = await startDatabaseProxy(t, witness.testDatabase);
  const gateway = await startTestGateway(t, {
    simulator: witness.simulator,
    database: proxy.database,
    onLogLine: (line) => lines.push(line),
  });
  const admin = await gateway.createKey({ role: 'admin' });
  const known = await gateway.createKey({ role: 'admin' });
  t.equal((await gateway.chat(known)).status, 200, 'this key is remembered');
  await gateway.recorded(1);
  const served = gateway.simulator.journal.entries().length;
  await goAway(proxy);
  return { gateway, witness, proxy, admin, known, lines, served };
}

const WAYS: Record<string, (proxy: DatabaseProxy) => unknown> = {
  'refuses connections': (proxy) => proxy.cut(),
  hangs: (proxy) => proxy.hang(),
};

for (const [name, goAway] of Object.entries(WAYS)) {
  t.test(
    `a database that ${name}: 503 everywhere within 3 s, and everything works again afterwards`,
    async (t) => {
      const { gateway, witness, proxy, admin, known, lines, served } = await withDatabaseAway(t, goAway);
      for (const key of [known, admin]) t.same(await tryEveryRoute(gateway, key), []);
      t.equal(gateway.simulator.journal.entries().length, served, 'nothing was sent upstream');
      const told = [known.secret, admin.secret, ADMIN_API_KEY, 'a secret prompt', 'a secret search'];
      t.same(
        lines.filter((line) => told.some((text) => line.includes(text))),
        [],
        'neither keys nor what users write is logged',
      );
      await proxy.join();
      t.equal((await gateway.chat(known)).status, 200);
      await witness.recorded(2);
      t.equal(await gateway.auditFaults(), 0);
    },
  );
}
