// The console's calls, against a real HTTP server.
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { ApiError, createClient } from '../../ui/src/api/client.ts';

type Script = { status: number; body: string };

async function serve(t: Test, script: Script) {
  const seen = { url: '', headers: {} as IncomingHttpHeaders, body: '' };
  const server = createServer(async (request, response) => {
    seen.url = request.url ?? '';
    seen.headers = request.headers;
    for await (const chunk of request) seen.body += String(chunk);
    response.writeHead(script.status).end(script.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.closeAllConnections());
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo; // a TCP server that listens has one
  let refusals = 0;
  const client = createClient({
    fetch: (path, init) => fetch(`http://127.0.0.1:${port}${String(path)}`, init),
    // What the browser's own would send; how far it is, only that one tells.
    sendFile: (path, file) => fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: file }),
    onUnauthorized: () => {
      refusals += 1;
    },
  });
  return { client, seen, server, refusals: () => refusals };
}

const failure = (code: string, param: string | null, message = 'No.') =>
  JSON.stringify({ success: false, data: message, error: { code, param } });

t.test('an answer is unwrapped, and the request is what the route expects', async (t) => {
  const { client, seen } = await serve(t, { status: 200, body: '{"success":true,"data":{"id":7}}' });
  const data = await client.call<{ id: number }>('POST', '/admin/x', {
    query: { q: 'a b&c', limit: 20, role: undefined, empty: '' },
    body: { name: 'é' },
    headers: { 'idempotency-key': 'once' },
  });
  t.same(data, { id: 7 });
  t.equal(seen.url, '/admin/x?q=a+b%26c&limit=20');
  t.equal(seen.body, '{"name":"é"}');
  t.match(seen.headers, { 'content-type': 'application/json', 'idempotency-key': 'once' });
});

t.test('an answer without a body is an answer', async (t) => {
  const { client } = await serve(t, { status: 204, body: '' });
  t.equal(await client.call('DELETE', '/console/session'), null);
});

t.test('a refusal carries its status, code, field and words', async (t) => {
  const { client, refusals } = await serve(t, {
    status: 400,
    body: failure('INVALID', 'name', 'name: too long'),
  });
  const error = await client.call('GET', '/x').catch((cause: unknown) => cause);
  t.type(error, ApiError);
  t.match(error, { status: 400, code: 'INVALID', param: 'name', message: 'name: too long' });
  t.equal(refusals(), 0);
});

t.test('every 401 is announced once', async (t) => {
  const { client, refusals } = await serve(t, { status: 401, body: failure('UNAUTHENTICATED', null) });
  await t.rejects(client.call('GET', '/x'), new ApiError(401, 'UNAUTHENTICATED', 'No.'));
  t.equal(refusals(), 1);
});

t.test("what is not the gateway's answer is not taken for one", async (t) => {
  const bodies = [
    '<html>502</html>',
    '',
    'null',
    '[]',
    '{"success":true}x',
    '{"data":1}',
    '{"success":false}',
  ];
  for (const body of bodies) {
    const { client } = await serve(t, { status: 502, body });
    await t.rejects(client.call('GET', '/x'), { code: 'unreadable', status: 502 }, body);
  }
  const { client } = await serve(t, { status: 500, body: '{"success":true,"data":1}' });
  await t.rejects(client.call('GET', '/x'), { code: 'unreadable' }, 'success with a failing status is none');
});

t.test('nobody answering is told apart from a caller that gave up', async (t) => {
  const { client, server } = await serve(t, { status: 200, body: '' });
  const given = AbortSignal.abort();
  await t.rejects(client.call('GET', '/x', { signal: given }), { name: 'AbortError' });
  await new Promise((resolve) => server.close(resolve));
  await t.rejects(client.call('GET', '/x'), { code: 'network', status: 0 });
});
