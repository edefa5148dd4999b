// Every answer can be named: ours, or the caller's own id if it is harmless.
import Fastify from 'fastify';
import t, { type Test } from 'tap';
import { answerUnroutable } from '../../src/platform/errors.ts';
import { newRequestId } from '../../src/platform/request-ids.ts';
import { startTestGateway } from '../helpers/gateway.ts';
import { rawRequest } from '../helpers/raw-request.ts';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

t.test("a caller's id is kept if it is harmless, else replaced; every answer carries one", async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const ids = new Set<unknown>();
  for (const path of [
    '/healthz',
    '/readyz',
    '/nope',
    '/v1/nope',
    '/v1/models',
    '/admin/api-key/list',
    '/console/session',
  ]) {
    const own = (await rawRequest(gateway.url, path)).headers['x-request-id'];
    t.match(own, UUID, path);
    ids.add(own);
    for (const kept of ['a', 'x'.repeat(64), 'trace_1-B']) {
      const { headers } = await rawRequest(gateway.url, path, { headers: { 'x-request-id': kept } });
      t.equal(headers['x-request-id'], kept);
    }
    for (const replaced of ['x'.repeat(65), 'a b', 'a/b', 'a"b', '<script>', "a';--", '', ['a', 'b']]) {
      const { headers } = await rawRequest(gateway.url, path, { headers: { 'x-request-id': replaced } });
      t.match(headers['x-request-id'], UUID, String(replaced));
    }
  }
  t.equal(ids.size, 7, 'no two are alike');
  const stream = await gateway.chat(key, { stream: true }, { 'x-request-id': 'my-stream' });
  t.equal(stream.headers.get('x-request-id'), 'my-stream');
});

/** Refused by Fastify itself: no route, no hook sees these. */
const UNROUTABLE: [path: string, status: number][] = [
  ['/admin/api-key/detail/%zz', 400],
  ['/%zz', 400],
  [`/admin/api-key/detail/${'x'.repeat(3000)}`, 414],
];

async function checkUnroutable(t: Test, url: string): Promise<void> {
  for (const [path, status] of UNROUTABLE) {
    const answer = await rawRequest(url, path);
    t.equal(answer.status, status);
    t.match(answer.headers['x-request-id'], UUID, path.slice(0, 40));
    t.match(JSON.parse(answer.text), { success: false, data: String, error: { code: String, param: null } });
    t.notMatch(answer.text, /xxxx|%zz/, 'the path is not repeated');
  }
}

t.test('a path that cannot be routed is answered with an id, in our shape', async (t) => {
  const app = Fastify({ frameworkErrors: answerUnroutable, genReqId: newRequestId });
  t.teardown(() => app.close());
  app.get('/admin/api-key/detail/:id', async () => 'found');
  await checkUnroutable(t, await app.listen({ port: 0, host: '127.0.0.1' }));
});

t.test('the gateway answers a path that cannot be routed like that too', async (t) =>
  checkUnroutable(t, (await startTestGateway(t)).url),
);
