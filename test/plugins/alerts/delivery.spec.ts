// How alerts reach HTTP receivers that work, fail, hang, redirect or ask for patience.
import { createHmac, timingSafeEqual } from 'node:crypto';
import t from 'tap';
import type { TestGateway } from '../../helpers/gateway.ts';
import { type Received, type Script, startReceiver } from './receiver.ts';
import { createChannel, keyThatUsed, listedAlerts, skipPauses, startQuietGateway } from './spending.ts';

/** The receiver's side of the Standard Webhooks specification, written from the specification. */
function isGenuine({ headers, body }: Received, secret: string): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const expected = createHmac('sha256', key).update(content).digest();
  const isRecent = Math.abs(Date.now() / 1000 - Number(headers['webhook-timestamp'])) < 300;
  return (
    isRecent &&
    String(headers['webhook-signature'])
      .split(' ')
      .some((signature) => {
        const [version, value = ''] = signature.split(',');
        const given = Buffer.from(value, 'base64');
        return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
      })
  );
}

/** One alert on its way to one webhook. */
async function announced(t: Parameters<typeof startReceiver>[0], script: Script[], lines: string[] = []) {
  const receiver = await startReceiver(t, script);
  const gateway = await startQuietGateway(t, { onLogLine: (line) => lines.push(line) });
  const channel = await createChannel(gateway, { kind: 'webhook', url: receiver.url });
  await keyThatUsed(gateway, 10);
  await gateway.app.alerts.sweep();
  return { receiver, gateway, channel };
}

const deliveryOf = async (gateway: TestGateway) => (await listedAlerts(gateway))[0]?.deliveries[0];

t.test('a webhook gets signed JSON, once', async (t) => {
  const { receiver, gateway, channel } = await announced(t, []);
  t.equal(await gateway.app.alerts.deliver(), 1);
  t.equal(await gateway.app.alerts.deliver(), 0);
  t.equal(receiver.received.length, 1);
  const [first] = receiver.received;
  if (first === undefined) throw new Error('nothing came');
  t.ok(isGenuine(first, channel.secret));
  t.notOk(isGenuine({ ...first, body: `${first.body} ` }, channel.secret), 'the check itself can fail');
  t.match(JSON.parse(first.body), {
    type: 'alert.threshold',
    data: { watched: 'quota', threshold: 100, owner: 'Alice', used: '10.0000000000', limit: '10.0000000000' },
  });
  t.match(await deliveryOf(gateway), { state: 'delivered', attempts: 1, error: null });
});

t.test('after a 500 the same message comes again, with the same id and a signature of its own', async (t) => {
  const { receiver, gateway, channel } = await announced(t, [500, 204]);
  await gateway.app.alerts.deliver();
  t.match(await deliveryOf(gateway), { state: 'pending', attempts: 1, error: 'HTTP 500' });
  t.equal(await gateway.app.alerts.deliver(), 0, 'not before its pause is over');
  const [pause] = await gateway.database.sql<[{ seconds: number }]>`
    select extract(epoch from next_attempt_at - now())::float as seconds from alert_delivery`;
  t.ok(pause.seconds > 10 && pause.seconds < 19, String(pause.seconds));
  await skipPauses(gateway);
  t.equal(await gateway.app.alerts.deliver(), 1);
  t.match(await deliveryOf(gateway), { state: 'delivered', attempts: 2, error: null });
  const [first, second] = receiver.received;
  t.equal(first?.headers['webhook-id'], second?.headers['webhook-id']);
  t.ok(receiver.received.every((one) => isGenuine(one, channel.secret)));
});

t.test(
  'after eight tries a delivery has failed: visible, logged without the address, and not tried again',
  async (t) => {
    const lines: string[] = [];
    const { receiver, gateway, channel } = await announced(t, Array(9).fill(503), lines);
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      t.equal(await gateway.app.alerts.deliver(), 1, `try ${attempt}`);
      await skipPauses(gateway);
    }
    t.equal(await gateway.app.alerts.deliver(), 0);
    t.equal(receiver.received.length, 8);
    t.match(await deliveryOf(gateway), { state: 'failed', attempts: 8, error: 'HTTP 503' });
    t.equal((await listedAlerts(gateway, 'state=failed')).length, 1);
    t.match(lines.join(''), 'an alert could not be delivered');
    t.notMatch(lines.join(''), /very-secret-path/);
    t.notOk(lines.join('').includes(channel.secret));
  },
);

t.test('Retry-After is honoured', async (t) => {
  const { gateway } = await announced(t, [{ status: 429, headers: { 'retry-after': '3600' } }]);
  await gateway.app.alerts.deliver();
  const [pause] = await gateway.database.sql<[{ seconds: number }]>`
    select extract(epoch from next_attempt_at - now())::float as seconds from alert_delivery`;
  t.ok(pause.seconds > 3_590 && pause.seconds <= 3_600, String(pause.seconds));
});

t.test('a redirect is a failure: nobody gets the message whom the administrator did not name', async (t) => {
  const other = await startReceiver(t);
  const { gateway } = await announced(t, [{ status: 307, headers: { location: other.url } }]);
  await gateway.app.alerts.deliver();
  t.equal(other.received.length, 0);
  t.match(await deliveryOf(gateway), { state: 'pending', error: 'HTTP 307' });
});

t.test('410 says that the receiver is gone for good', async (t) => {
  const { gateway } = await announced(t, [410]);
  await gateway.app.alerts.deliver();
  t.match(await deliveryOf(gateway), { state: 'failed', attempts: 1 });
});

t.test('a receiver that hangs is given ten seconds', async (t) => {
  const { gateway } = await announced(t, ['hang']);
  const start = performance.now();
  await gateway.app.alerts.deliver();
  const seconds = (performance.now() - start) / 1000;
  t.ok(seconds > 9.5 && seconds < 13, `${seconds} s`);
  t.match(await deliveryOf(gateway), { state: 'pending', error: 'no answer in time' });
});

t.test('closing cuts what hangs, and the message is tried again later', async (t) => {
  const { receiver, gateway } = await announced(t, ['hang', 200]);
  const delivering = gateway.app.alerts.deliver();
  await receiver.reach(1);
  const start = performance.now();
  await gateway.app.close();
  await delivering;
  t.ok(performance.now() - start < 5_000);
  const other = await startQuietGateway(t, { database: gateway.testDatabase });
  t.match(await deliveryOf(other), { state: 'pending', error: 'the gateway was stopping' });
  await skipPauses(other);
  await other.app.alerts.deliver();
  t.match(await deliveryOf(other), { state: 'delivered', attempts: 2 });
});

t.test('nobody there is a failed try that tells no address', async (t) => {
  const gateway = await startQuietGateway(t);
  await createChannel(gateway, { kind: 'slack', url: 'http://127.0.0.1:1/services/T000/B000/secret' });
  await keyThatUsed(gateway, 10);
  await gateway.app.alerts.sweep();
  await gateway.app.alerts.deliver();
  t.match(await deliveryOf(gateway), { state: 'pending', error: 'could not be sent: ECONNREFUSED' });
});

t.test('Slack gets text and blocks', async (t) => {
  const receiver = await startReceiver(t);
  const gateway = await startQuietGateway(t);
  await createChannel(gateway, { kind: 'slack', url: receiver.url });
  await keyThatUsed(gateway, 10, { name: '<!here>' });
  await gateway.app.alerts.sweep();
  await gateway.app.alerts.deliver();
  const message = JSON.parse(receiver.received[0]?.body ?? '');
  t.match(message.text, 'Key "&lt;!here&gt;": 100 % of the monthly quota is used');
  t.equal(message.blocks.length, 2);
  t.match(await deliveryOf(gateway), { state: 'delivered' });
});

t.test('Feishu refuses with status 200, which is not taken for success', async (t) => {
  const json = (body: object) => ({ status: 200, body: JSON.stringify(body) });
  const receiver = await startReceiver(t, [
    json({ code: 19021, msg: 'sign match fail' }),
    { status: 200, body: 'a page of some proxy' },
    json({ StatusCode: 0, StatusMessage: 'success', code: 0, msg: 'success' }),
  ]);
  const gateway = await startQuietGateway(t);
  await createChannel(gateway, { kind: 'feishu', url: receiver.url, secret: 'shared' });
  await keyThatUsed(gateway, 10);
  await gateway.app.alerts.sweep();
  for (const expected of [
    { state: 'pending', error: 'Feishu refused: code 19021' },
    { state: 'pending', error: 'Feishu gave no answer that can be read' },
    { state: 'delivered', error: null },
  ]) {
    await gateway.app.alerts.deliver();
    t.match(await deliveryOf(gateway), expected);
    await skipPauses(gateway);
  }
  const { timestamp, sign } = JSON.parse(receiver.received[0]?.body ?? '');
  t.equal(sign, createHmac('sha256', `${timestamp}\nshared`).digest('base64'));
});

t.test('a channel that was switched off gets nothing more', async (t) => {
  const { receiver, gateway, channel } = await announced(t, [500]);
  await gateway.app.alerts.deliver();
  await gateway.admin('POST', '/admin/alert-channel/update', { id: channel.id, status: 'disabled' });
  await skipPauses(gateway);
  await gateway.app.alerts.deliver();
  t.equal(receiver.received.length, 1);
  t.match(await deliveryOf(gateway), { state: 'failed', error: 'the channel was switched off' });
});

t.test('a test message is sent at once, to a disabled channel too, and tried once', async (t) => {
  const receiver = await startReceiver(t, [200, 500, 'hang']);
  const gateway = await startQuietGateway(t);
  const { id } = await createChannel(gateway, { kind: 'webhook', url: receiver.url, status: 'disabled' });
  const test = async () => (await gateway.admin('POST', '/admin/alert-channel/test', { id })).body.data;
  t.match(await test(), { kind: 'test', watched: 'none', deliveries: [{ state: 'delivered', attempts: 1 }] });
  t.match(await test(), { deliveries: [{ state: 'failed', error: 'HTTP 500' }] });
  t.match(
    await test(),
    { deliveries: [{ state: 'pending' }] },
    'the answer does not wait for a receiver that hangs',
  );
  t.equal(JSON.parse(receiver.received[0]?.body ?? '').type, 'alert.test');
  t.equal(await gateway.app.alerts.deliver(), 0);
  t.equal((await listedAlerts(gateway, 'kind=test')).length, 3);
});
