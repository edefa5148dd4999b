// The live feed: everybody sees what they may see, from whichever replica, and nobody holds the gateway up.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import t from 'tap';
import { ADMIN_API_KEY, startTestGateway } from '../../helpers/gateway.ts';
import { rawRequest } from '../../helpers/raw-request.ts';
import { signIn } from '../auth/sign-in.ts';
import { openFeed } from './feed-reader.ts';

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

t.test('a user sees their own exchanges, an administrator all, from either replica', async (t) => {
  const gateway = await startTestGateway(t);
  const replica = await startTestGateway(t, { database: gateway.testDatabase, simulator: gateway.simulator });
  const a = await gateway.createKey();
  const b = await gateway.createKey();
  const cookie = await signIn(replica, a.secret);
  const feeds = {
    a: await openFeed(t, `${gateway.url}/user/events`, bearer(a.secret)),
    aInBrowser: await openFeed(t, `${replica.url}/user/events?key_id=${b.id}`, { cookie }),
    b: await openFeed(t, `${replica.url}/user/events`, bearer(b.secret)),
    admin: await openFeed(t, `${replica.url}/admin/events`, bearer(ADMIN_API_KEY)),
  };
  for (const feed of Object.values(feeds)) {
    t.equal(feed.status, 200);
    t.match(feed.headers.get('content-type'), /^text\/event-stream/);
    t.ok(feed.headers.get('x-request-id'));
    t.match(await feed.next(), { event: 'ready' });
  }
  await gateway.chat(a, {}, { 'Session-Id': 's' });
  await gateway.recorded(1);
  await replica.chat(b, { stream: true });
  await gateway.recorded(2);
  await replica.chat(a);
  await gateway.recorded(3);
  const rows = (await gateway.admin('GET', '/admin/thread/list?orderBy=id-0')).body.data.items;
  const events = [1, 2, 3].map((id) => ({ event: 'thread', id: String(id), data: rows[id - 1] }));
  for (const index of [0, 1, 2]) t.same(await feeds.admin.next(), events[index], 'the row as lists show it');
  for (const feed of [feeds.a, feeds.aInBrowser]) {
    t.same(await feed.next(), events[0]);
    t.same(await feed.next(), events[2], "another's exchange is not seen");
  }
  t.same(await feeds.b.next(), events[1]);
});

t.test('a feed ends when its key loses its rights, and only then', async (t) => {
  const gateway = await startTestGateway(t);
  const replica = await startTestGateway(t, { database: gateway.testDatabase, simulator: gateway.simulator });
  const fired = await gateway.createKey({ role: 'admin' });
  const user = await gateway.createKey();
  const firedFeed = await openFeed(t, `${replica.url}/admin/events`, bearer(fired.secret));
  const userFeed = await openFeed(t, `${replica.url}/user/events`, bearer(user.secret));
  t.match(await firedFeed.next(), { event: 'ready' });
  t.match(await userFeed.next(), { event: 'ready' });
  await gateway.admin('POST', '/admin/api-key/update', { id: fired.id, role: 'user' });
  t.equal(await firedFeed.next(), undefined);
  const again = await openFeed(t, `${replica.url}/admin/events`, bearer(fired.secret));
  t.equal(again.status, 403);
  await gateway.chat(user);
  t.match(await userFeed.next(), { event: 'thread' });
  await gateway.admin('POST', '/admin/api-key/delete', { id: user.id });
  t.equal(await userFeed.next(), undefined);
});

t.test('a reader that stops reading is cut, and the others do not notice', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  await gateway.chat(key);
  await gateway.recorded(1);
  // Large events fill the connection's buffers sooner.
  await gateway.database.sql`update thread set prompt_head = repeat('x', 100000)`;
  const [thread] = await gateway.database.sql<{ exchangeId: string }[]>`
    select exchange_id as "exchangeId" from thread`;

  const connected: Promise<Socket[]> = once(gateway.app.server, 'connection');
  const { hostname, port } = new URL(gateway.url);
  const stuck = connect(Number(port), hostname);
  t.teardown(() => stuck.destroy());
  stuck.write(
    `GET /user/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key.secret}\r\naccept: */*\r\n\r\n`,
  );
  await once(stuck, 'data');
  stuck.pause();
  const [ours] = await connected;
  const cut = once(ours ?? stuck, 'close').then(() => true);

  const reader = await openFeed(t, `${gateway.url}/user/events`, bearer(key.secret));
  t.match(await reader.next(), { event: 'ready' });
  let isCut = false;
  void cut.then(() => {
    isCut = true;
  });
  let sent = 0;
  for (; !isCut && sent < 5_000; sent += 1) {
    await gateway.database.sql`select pg_notify('thread_recorded', ${thread?.exchangeId ?? ''})`;
    if ((await reader.next())?.event !== 'thread') throw new Error('the other feed ended');
  }
  t.ok(isCut, `cut after ${sent} events`);
  await gateway.database.sql`select pg_notify('thread_recorded', ${thread?.exchangeId ?? ''})`;
  t.match(await reader.next(), { event: 'thread' }, 'who reads, reads on');
});

t.test('a shutdown ends open feeds at once', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const feeds = [
    await openFeed(t, `${gateway.url}/user/events`, bearer(key.secret)),
    await openFeed(t, `${gateway.url}/admin/events`, bearer(ADMIN_API_KEY)),
  ];
  for (const feed of feeds) await feed.next();
  const started = performance.now();
  await gateway.app.close();
  t.ok(performance.now() - started < 2000);
  for (const feed of feeds) t.equal(await feed.next(), undefined);
});

t.test('a feed is not for HEAD, nor for who wants another format', async (t) => {
  const gateway = await startTestGateway(t);
  const headers = { ...bearer(ADMIN_API_KEY), accept: 'application/json' };
  t.equal((await rawRequest(gateway.url, '/admin/events', { method: 'HEAD', headers })).status, 404);
  const { status, text } = await rawRequest(gateway.url, '/admin/events', { headers });
  t.equal(status, 406);
  t.match(JSON.parse(text), { success: false, data: /text\/event-stream/, error: { code: 'EVENTS_ONLY' } });
});
