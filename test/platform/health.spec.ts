// Alive, and ready: two different questions.
import { once } from 'node:events';
import { connect } from 'node:net';
import t from 'tap';
import { createTestDatabase } from '../helpers/database.ts';
import { startDatabaseProxy } from '../helpers/database-proxy.ts';
import { startTestGateway } from '../helpers/gateway.ts';

t.test('both answer anybody; without its database the process lives but is not ready', async (t) => {
  const proxy = await startDatabaseProxy(t, await createTestDatabase(t));
  const gateway = await startTestGateway(t, { database: proxy.database });
  const health = async () => (await gateway.api('GET', '/healthz')).status;
  const ready = () => gateway.api('GET', '/readyz');
  t.equal(await health(), 200);
  t.match(await ready(), { status: 200, body: { status: 'ready' } });
  await proxy.cut();
  t.equal(await health(), 200);
  t.match(await ready(), { status: 503, body: { status: 'not_ready' } });
  await proxy.join();
  t.equal((await ready()).status, 200, 'and it is ready again when the database is back');
  proxy.hang();
  const started = performance.now();
  t.equal((await ready()).status, 503, 'a database that says nothing is away too');
  t.ok(performance.now() - started < 3000);
  t.equal(await health(), 200);
});

t.test('a process that drains says that it is not ready, and finishes what it began', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  gateway.simulator.script({ behaviour: { kind: 'answer', text: 'pong', gate: { name: 'gate' } } });
  const chat = gateway.chat(key);
  await gateway.simulator.reached('gate');
  const closed = gateway.app.close();
  t.equal((await gateway.api('GET', '/readyz')).status, 503);
  gateway.simulator.release('gate');
  t.equal((await chat).status, 200);
  await closed;
  await t.rejects(fetch(`${gateway.url}/healthz`), 'then nobody answers');
});

t.test('a shutdown does not wait for connections that have not asked anything yet', async (t) => {
  const gateway = await startTestGateway(t);
  const { hostname, port } = new URL(gateway.url);
  const sockets = [];
  for (const beginning of ['', 'GET /healthz HTTP/1.1\r\nhost:']) {
    const socket = connect(Number(port), hostname);
    t.teardown(() => socket.destroy());
    await once(gateway.app.server, 'connection');
    if (beginning !== '') socket.write(beginning);
    sockets.push(socket.resume());
  }
  const ended = sockets.map((socket) => once(socket, 'close'));
  const started = performance.now();
  await gateway.app.close();
  await Promise.all(ended);
  t.ok(performance.now() - started < 1000);
});
