// Clients that leave, processes that stop: one settled row each time, for what was really used.
import { once } from 'node:events';
import { type ClientRequest, request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import t from 'tap';
import { eventually } from '../../helpers/eventually.ts';
import { type NewKey, startTestGateway, type TestGateway } from '../../helpers/gateway.ts';

const DELTAS = ['one ', 'two ', 'three ', 'four '];
/** messageStart, four deltas, contentBlockStop, messageStop, metadata. */
const FRAMES = 8;
const USAGE = { inputTokens: 40, outputTokens: 8, totalTokens: 48 };

interface LeavingClient {
  request: ClientRequest;
  /** Destroys the client's socket; resolves when the gateway has seen it. */
  leave(): Promise<void>;
}

/** A client on a connection of its own, which can go at any moment. */
function openChat(gateway: TestGateway, key: NewKey, body: Record<string, unknown>): LeavingClient {
  const connected: Promise<Socket[]> = once(gateway.app.server, 'connection');
  const request = httpRequest(`${gateway.url}/v1/chat/completions`, {
    agent: false,
    method: 'POST',
    headers: { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json' },
  });
  request.on('error', () => undefined);
  const messages = [{ role: 'user', content: 'ping' }];
  request.end(JSON.stringify({ model: 'claude-3-haiku', messages, max_tokens: 64, ...body }));
  return {
    request,
    async leave() {
      const [socket] = await connected;
      const seen = new Promise((resolve) => socket?.once('close', resolve));
      request.destroy();
      await seen;
    },
  };
}

t.test('a client that leaves at any point of a stream pays exactly what the upstream reports', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  for (let point = 0; point <= FRAMES; point += 1) {
    const gate =
      point === 0
        ? { name: `gate-${point}` }
        : { name: `gate-${point}`, afterFrames: Math.min(point, FRAMES - 1) };
    gateway.simulator.script({ times: 1, behaviour: { kind: 'answer', deltas: DELTAS, usage: USAGE, gate } });
    const client = openChat(gateway, key, { stream: true });
    await gateway.simulator.reached(gate.name);
    await client.leave();
    gateway.simulator.release(gate.name);
    await gateway.recorded(point + 1);
  }
  const { body } = await gateway.api('GET', '/user/thread/list', { key: key.secret });
  t.equal(body.data.total, String(FRAMES + 1));
  for (const row of body.data.items) {
    const { body: detail } = await gateway.api('GET', `/user/thread/detail/${row.id}`, { key: key.secret });
    t.match(detail.data, { status: 'client_closed', usage_source: 'drained', tokens_in: 40, tokens_out: 8 });
    t.equal(detail.data.fee, '0.0000200000');
    t.equal(detail.data.completion, DELTAS.join(''), 'what the client did not wait for is on record');
  }
  t.equal(await gateway.auditFaults(), 0);
});

t.test('a client that leaves before an answer that is not streamed pays what it cost', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  gateway.simulator.script({
    behaviour: { kind: 'answer', text: 'pong', usage: USAGE, gate: { name: 'gate' } },
  });
  const client = openChat(gateway, key, { stream: false });
  await gateway.simulator.reached('gate');
  await client.leave();
  gateway.simulator.release('gate');
  await gateway.recorded(1);
  const { body } = await gateway.api('GET', '/user/thread/detail/1', { key: key.secret });
  t.match(body.data, { status: 'client_closed', usage_source: 'drained', tokens_in: 40, tokens_out: 8 });
  t.equal(await gateway.auditFaults(), 0);
});

for (const drain of ['with a place to read on', 'without']) {
  t.test(
    `a client that left before anything was sent gets nothing and pays nothing (${drain})`,
    async (t) => {
      const env: Record<string, string> = drain === 'without' ? { DRAIN_SECONDS: '0' } : {};
      const gateway = await startTestGateway(t, { env });
      const key = await gateway.createKey();
      for (const stream of [false, true]) {
        const release = await lockHolds(gateway);
        const client = openChat(gateway, key, { stream });
        await eventually(async () => {
          const waiting = await gateway.database.sql`select from pg_locks where not granted`;
          return waiting.length > 0;
        });
        await client.leave();
        await release();
        await gateway.recorded(stream ? 2 : 1);
      }
      const { body } = await gateway.api('GET', '/user/thread/list', { key: key.secret });
      t.equal(body.data.total, '2');
      for (const row of body.data.items) t.match(row, { status: 'client_closed', fee: '0.0000000000' });
      t.equal(gateway.simulator.journal.entries().length, 0, 'nobody is asked for nobody');
      t.equal(await gateway.auditFaults(), 0);
    },
  );
}

/** Admissions wait until the result is called. */
async function lockHolds({ testDatabase }: TestGateway): Promise<() => Promise<void>> {
  const { sql } = testDatabase.open({ maxConnections: 1, timeZone: 'UTC' });
  await sql`begin`;
  await sql`lock table hold in exclusive mode`;
  return async () => {
    await sql`commit`;
    await sql.end();
  };
}

t.test('an abandoned answer that never ends is cut after the drain time and estimated', async (t) => {
  const gateway = await startTestGateway(t, { env: { DRAIN_SECONDS: '1' } });
  const key = await gateway.createKey();
  gateway.simulator.script({
    behaviour: {
      kind: 'answer',
      deltas: ['four', 'four'],
      gate: { name: 'gate', afterDeltas: 2 },
      fault: { kind: 'stall', afterDeltas: 2 },
    },
  });
  const client = openChat(gateway, key, { stream: true });
  const [response] = await once(client.request, 'response');
  await once(response, 'data');
  await gateway.simulator.reached('gate');
  gateway.simulator.release('gate');
  await client.leave();
  await gateway.recorded(1);
  const { body } = await gateway.api('GET', '/user/thread/detail/1', { key: key.secret });
  t.match(body.data, { status: 'client_closed', usage_source: 'estimated', tokens_in: 9, tokens_out: 2 });
  await gateway.simulator.journal.waitFor((entry) => entry.status === 'client_closed');
  t.equal(await gateway.auditFaults(), 0);
});

t.test('a shutdown lets a stream finish, and settles one that does not', async (t) => {
  const gateway = await startTestGateway(t, { shutdownGraceMs: 200 });
  const other = await startTestGateway(t, { database: gateway.testDatabase, simulator: gateway.simulator });
  const key = await gateway.createKey();
  gateway.simulator.script({
    times: 1,
    behaviour: { kind: 'answer', deltas: DELTAS, gate: { name: 'never', afterDeltas: 1 } },
  });
  const hanging = gateway.chat(key, { stream: true });
  await gateway.simulator.reached('never');
  gateway.simulator.script({
    times: 1,
    behaviour: { kind: 'answer', text: 'done', gate: { name: 'soon', afterDeltas: 1 } },
  });
  const finishing = gateway.chat(key, { stream: true });
  await gateway.simulator.reached('soon');
  const closed = gateway.app.close();
  gateway.simulator.release('soon');
  t.match((await finishing).body, /data: \[DONE\]/, 'an answer under way is finished');
  t.match(
    (await hanging).body,
    /"error":\{/,
    'one that cannot finish ends with an error event, not as a success',
  );
  await closed;
  const { body } = await other.api('GET', '/user/thread/list', { key: key.secret });
  t.same(body.data.items.map((row: { status: string }) => row.status).sort(), ['ok', 'shutdown']);
  t.equal(await other.auditFaults(), 0);
});

t.test('a shutdown keeps its lease, and says 503 to what it cuts and to what comes too late', async (t) => {
  const gateway = await startTestGateway(t, { shutdownGraceMs: 1_500, env: { HOLD_LEASE_SECONDS: '1' } });
  const other = await startTestGateway(t, { database: gateway.testDatabase, simulator: gateway.simulator });
  const key = await gateway.createKey();
  gateway.simulator.script({ behaviour: { kind: 'answer', text: 'done', gate: { name: 'never' } } });
  const hanging = gateway.chat(key);
  await gateway.simulator.reached('never');
  // Its money is locked, so that it is between its arrival and its hold when the shutdown begins.
  let late: ReturnType<typeof gateway.chat> | undefined;
  let closed: Promise<unknown> | undefined;
  await gateway.database.sql.begin(async (sql) => {
    await sql`select from wallet for update`;
    late = gateway.chat(key);
    await eventually(
      async () =>
        (
          await other.app.database
            .sql`select from pg_locks where not granted and locktype in ('tuple', 'transactionid')`
        ).length > 0,
    );
    closed = gateway.app.close();
  });
  await eventually(async () => (await other.app.database.sql`select from hold`).length === 2);
  const renewed = async () => {
    const [row] = await other.app.database
      .sql`select max(expires_at)::text as at from process_lease where owner in (select owner from hold)`;
    return row?.at;
  };
  const before = await renewed();
  await eventually(async () => (await renewed()) !== before);
  for (const answer of [await hanging, await late]) {
    t.match(answer, { status: 503, body: { error: { code: 'service_unavailable' } } });
    t.equal(answer?.headers.get('retry-after'), '1');
  }
  await closed;
  const { body } = await other.api('GET', '/user/thread/list', { key: key.secret });
  t.same(
    body.data.items.map((row: { status: string }) => row.status),
    ['shutdown', 'shutdown'],
  );
  t.equal(await other.auditFaults(), 0);
});

t.test('a client that reads nothing does not keep a shutdown', async (t) => {
  const gateway = await startTestGateway(t, { shutdownGraceMs: 200 });
  const other = await startTestGateway(t, { database: gateway.testDatabase, simulator: gateway.simulator });
  const key = await gateway.createKey();
  const deltas = Array.from({ length: 400 }, () => 'x'.repeat(60_000));
  gateway.simulator.script({ behaviour: { kind: 'answer', deltas } });
  const client = openChat(gateway, key, { stream: true });
  const [response] = await once(client.request, 'response');
  response.pause();
  const start = performance.now();
  await gateway.app.close();
  t.ok(performance.now() - start < 8_000);
  const { body } = await other.api('GET', '/user/thread/list', { key: key.secret });
  t.match(body.data.items, [{ status: 'shutdown' }]);
});

t.test(
  'the holds of a process that died are settled once, and corrected when the truth arrives',
  async (t) => {
    const gateway = await startTestGateway(t);
    const other = await startTestGateway(t, {
      database: gateway.testDatabase,
      simulator: gateway.simulator,
      env: { HOLD_LEASE_SECONDS: '1' },
    });
    const key = await gateway.createKey();
    gateway.simulator.script({ behaviour: { kind: 'answer', text: 'pong', gate: { name: 'gate' } } });
    const answer = gateway.chat(key);
    await gateway.simulator.reached('gate');
    t.equal(await other.app.billing.reap(), 0, 'a living process keeps its holds');
    await gateway.database.sql`update process_lease set expires_at = now() - interval '1 second'
    where owner = (select owner from hold)`;
    t.equal(await other.app.billing.reap(), 0, 'one look is not enough: it may only have been cut off');
    await eventually(async () => (await gateway.database.sql`select from hold`).length === 0);
    t.equal(await other.auditFaults(), 0);
    const row = async () => {
      const { data } = (await other.api('GET', '/user/thread/list', { key: key.secret })).body;
      t.equal(data.total, '1');
      return data.items[0];
    };
    t.match(await row(), { status: 'abandoned', tokens_in: 9, fee: '0.0000022500' });
    gateway.simulator.release('gate');
    t.equal((await answer).status, 200);
    await gateway.recorded(1);
    t.match(
      await row(),
      { status: 'abandoned', fee: '0.0000015000' },
      'what was really used is what it costs',
    );
    const entries = await gateway.database.sql`select kind, reason from ledger order by id`;
    t.match(entries, [{ kind: 'usage' }, { kind: 'adjustment', reason: 'late settlement: ok' }]);
    t.equal(await other.auditFaults(), 0);
  },
);
