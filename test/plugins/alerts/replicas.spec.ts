// Replicas that look and send at the same time, and one that dies while it sends.
import t from 'tap';
import { startNodeProcess } from '../../helpers/node-process.ts';
import { startReceiver } from './receiver.ts';
import {
  beInMidMonth,
  createChannel,
  keyThatUsed,
  listedAlerts,
  skipPauses,
  startQuietGateway,
} from './spending.ts';

t.test('replicas that sweep and deliver side by side say everything once', async (t) => {
  const receiver = await startReceiver(t);
  const first = await startQuietGateway(t);
  const second = await startQuietGateway(t, { database: first.testDatabase });
  await beInMidMonth(first);
  await createChannel(first, { kind: 'webhook', url: receiver.url });
  await createChannel(first, { kind: 'slack', url: receiver.url });
  const used = [5, 8, 9, 10, 11];
  for (const amount of used) await keyThatUsed(first, amount);
  const both = [first, second, first, second];
  const counts = await Promise.all(both.map(({ app }) => app.alerts.sweep()));
  const alerts = await listedAlerts(first);
  t.equal(
    counts.reduce((sum, count) => sum + count, 0),
    alerts.length,
    'each alert is counted by exactly one of them',
  );
  t.same(
    alerts
      .filter(({ kind }) => kind === 'threshold')
      .map(({ threshold }) => threshold)
      .sort(),
    [100, 100, 50, 80, 80],
  );
  const tries = await Promise.all(both.map(({ app }) => app.alerts.deliver()));
  t.equal(
    tries.reduce((sum, count) => sum + count, 0),
    alerts.length * 2,
  );
  t.equal(receiver.received.length, alerts.length * 2);
  const ids = receiver.received.map(({ headers }) => headers['webhook-id']).filter((id) => id !== undefined);
  t.equal(new Set(ids).size, alerts.length);
  t.ok(
    (await listedAlerts(second)).every(({ deliveries }) =>
      deliveries.every(({ state }) => state === 'delivered'),
    ),
  );
});

t.test('what a killed process was sending is sent by another one when its lease has ended', async (t) => {
  const receiver = await startReceiver(t, ['hang', 200]);
  const gateway = await startQuietGateway(t);
  await createChannel(gateway, { kind: 'webhook', url: receiver.url });
  await keyThatUsed(gateway, 10);
  await gateway.app.alerts.sweep();

  const child = startNodeProcess(t, {
    module: './deliver-child',
    from: import.meta.url,
    args: [JSON.stringify(gateway.testDatabase.environment), '1000'],
  });
  await receiver.reach(1);
  t.equal(await gateway.app.alerts.deliver(), 0, 'the lease keeps others away');
  await child.kill('SIGKILL');
  const [{ seconds }] = await gateway.database.sql<[{ seconds: number }]>`
    select extract(epoch from next_attempt_at - now())::float as seconds from alert_delivery`;
  t.ok(seconds < 1);
  await gateway.database.sql`
    select pg_sleep(greatest(0, extract(epoch from next_attempt_at - clock_timestamp())) + 0.01) from alert_delivery`;
  t.equal(await gateway.app.alerts.deliver(), 1);
  const [first, second] = receiver.received;
  t.equal(first?.headers['webhook-id'], second?.headers['webhook-id'], 'by which a receiver sees the repeat');
  t.match(await listedAlerts(gateway), [{ deliveries: [{ state: 'delivered', attempts: 2 }] }]);
});

t.test(
  'a process that comes back after its lease does not overwrite what another one did since',
  async (t) => {
    const receiver = await startReceiver(t, ['hang', 200]);
    const slow = await startQuietGateway(t);
    const quick = await startQuietGateway(t, { database: slow.testDatabase });
    await createChannel(slow, { kind: 'webhook', url: receiver.url });
    await keyThatUsed(slow, 10);
    await slow.app.alerts.sweep();
    const late = slow.app.alerts.deliver();
    await receiver.reach(1);
    await skipPauses(quick);
    await quick.app.alerts.deliver();
    await slow.app.close();
    await late;
    t.match(await listedAlerts(quick), [{ deliveries: [{ state: 'delivered', attempts: 2, error: null }] }]);
  },
);

t.test('a delivery whose last try died with its process has failed', async (t) => {
  const gateway = await startQuietGateway(t);
  await createChannel(gateway, { kind: 'slack', url: 'https://example.com/hooks/T000' });
  await keyThatUsed(gateway, 10);
  await gateway.app.alerts.sweep();
  await gateway.database.sql`update alert_delivery set attempts = attempt_limit`;
  t.equal(await gateway.app.alerts.deliver(), 0);
  t.match(await listedAlerts(gateway), [
    { deliveries: [{ state: 'failed', error: 'the process died during the last try' }] },
  ]);
});

t.test('without a database a sweep fails alone: the gateway goes on', async (t) => {
  const lines: string[] = [];
  const gateway = await startQuietGateway(t, { onLogLine: (line) => lines.push(line) });
  await gateway.database.sql`alter table alert rename to alert_away`;
  await t.rejects(gateway.app.alerts.sweep());
  const key = await gateway.createKey();
  t.equal((await gateway.chat(key)).status, 200);
  await gateway.recorded(1);
  t.equal(await gateway.auditFaults(), 0);
});

t.test('by itself a gateway looks every so many seconds, and sends what it finds', async (t) => {
  const receiver = await startReceiver(t);
  const gateway = await startQuietGateway(t, { env: { ALERT_SWEEP_SECONDS: '1' } });
  await createChannel(gateway, { kind: 'webhook', url: receiver.url });
  await keyThatUsed(gateway, 10);
  await receiver.reach(1);
  t.match(JSON.parse(receiver.received[0]?.body ?? ''), { data: { threshold: 100 } });
});
