// Failover while clients leave, silence lasts and processes stop: one settled row each time.
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import t from 'tap';
import type { Behaviour } from '../../../src/simulator/simulator.ts';
import { eventually } from '../../helpers/eventually.ts';
import type { NewKey, TestGateway } from '../../helpers/gateway.ts';
import { scrape } from '../../helpers/scrape.ts';
import { createModel, feeOf, newestReceipt, startWithPrices } from './two-targets.ts';

const USAGE = { inputTokens: 40, outputTokens: 8, totalTokens: 48 };
const throttled = (gate: string): Behaviour => ({
  kind: 'error',
  exception: 'ThrottlingException',
  gate: { name: gate },
});

function openChat(gateway: TestGateway, key: NewKey, body: object) {
  const connected: Promise<Socket[]> = once(gateway.app.server, 'connection');
  const request = httpRequest(`${gateway.url}/v1/chat/completions`, {
    agent: false,
    method: 'POST',
    headers: { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json' },
  });
  request.on('error', () => undefined);
  request.end(JSON.stringify({ messages: [{ role: 'user', content: 'ping' }], max_tokens: 64, ...body }));
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

for (const stream of [false, true]) {
  t.test(
    `a client that leaves while the first target refuses costs nothing more (stream: ${stream})`,
    async (t) => {
      const { gateway, key } = await startWithPrices(t);
      const model = await createModel(gateway);
      gateway.simulator.script({ match: { modelId: model.first }, behaviour: throttled('gate') });
      const client = openChat(gateway, key, { model: model.name, stream });
      await gateway.simulator.reached('gate');
      await client.leave();
      gateway.simulator.release('gate');
      const receipt = await newestReceipt(gateway, key, 1);
      t.match(receipt, { usage_source: 'none', fee: '0.0000000000', attempts: [{ outcome: 'throttled' }] });
      t.equal(gateway.simulator.journal.entries().length, 1, 'nobody waits for another answer');
      t.equal(await gateway.auditFaults(), 0);
    },
  );

  t.test(
    `a client that leaves the second target pays what that one reports (stream: ${stream})`,
    async (t) => {
      const { gateway, key } = await startWithPrices(t);
      const model = await createModel(gateway);
      gateway.simulator.script({
        match: { modelId: model.first },
        behaviour: { kind: 'error', exception: 'ServiceUnavailableException' },
      });
      gateway.simulator.script({
        match: { modelId: model.second },
        behaviour: { kind: 'answer', text: 'pong', usage: USAGE, gate: { name: 'gate' } },
      });
      const client = openChat(gateway, key, { model: model.name, stream });
      await gateway.simulator.reached('gate');
      await client.leave();
      gateway.simulator.release('gate');
      const receipt = await newestReceipt(gateway, key, 1);
      t.match(receipt, {
        status: 'client_closed',
        usage_source: 'drained',
        target: model.second,
        fee: feeOf([40, 8], 'second'),
        attempts: [{ outcome: 'unavailable' }, { outcome: 'served' }],
      });
      t.equal(await gateway.auditFaults(), 0);
    },
  );

  t.test(`a shutdown cuts the second target and settles once (stream: ${stream})`, async (t) => {
    const { gateway, key } = await startWithPrices(t, { shutdownGraceMs: 50 });
    const model = await createModel(gateway);
    gateway.simulator.script({
      match: { modelId: model.first },
      behaviour: { kind: 'error', exception: 'ThrottlingException' },
    });
    gateway.simulator.script({
      match: { modelId: model.second },
      behaviour: { kind: 'stall', gate: { name: 'gate' } },
    });
    const client = openChat(gateway, key, { model: model.name, stream });
    await gateway.simulator.reached('gate');
    await gateway.app.close();
    client.request.destroy();
    const database = gateway.testDatabase.open({ maxConnections: 1, timeZone: 'UTC' });
    t.teardown(() => database.close());
    const rows = await database.sql<{ status: string; target: string; attempts: object[] }[]>`
      select status, target, attempts from usage`;
    t.equal(rows.length, 1);
    t.match(rows[0], {
      status: 'shutdown',
      target: model.second,
      attempts: [{ outcome: 'throttled' }, { outcome: 'cut' }],
    });
    t.same(await database.sql`select * from hold`, []);
  });
}

t.test('a stream that a ping has opened still goes to the next target', async (t) => {
  const { gateway, key } = await startWithPrices(t);
  const model = await createModel(gateway);
  gateway.simulator.script({ match: { modelId: model.first }, behaviour: throttled('gate') });
  gateway.simulator.script({
    match: { modelId: model.second },
    behaviour: { kind: 'answer', text: 'pong', usage: USAGE },
  });
  const { request } = openChat(gateway, key, { model: model.name, stream: true });
  const [response] = await once(request, 'response');
  t.equal(response.statusCode, 200, 'after fifteen seconds of silence');
  gateway.simulator.release('gate');
  let text = '';
  for await (const chunk of response) text += chunk;
  t.match(text, /^: ?ping/);
  t.match(text, /pong/);
  t.match(await newestReceipt(gateway, key, 1), {
    status: 'ok',
    attempts: [{ outcome: 'throttled' }, { outcome: 'served' }],
  });
});

t.test(
  'a target that keeps failing is left alone, said in the log, and tried again after a while',
  async (t) => {
    const lines: string[] = [];
    const { gateway, key } = await startWithPrices(t, {
      breakerOpenMs: 500,
      onLogLine: (line) => lines.push(line),
    });
    const model = await createModel(gateway);
    const rule = gateway.simulator.script({
      match: { modelId: model.first },
      behaviour: { kind: 'error', exception: 'ModelTimeoutException' },
    });
    for (let count = 0; count < 5; count += 1)
      t.equal((await gateway.chat(key, { model: model.name })).status, 504, 'never repeated elsewhere');
    const asked = () => gateway.simulator.journal.entries().map(({ modelId }) => modelId);
    t.same(new Set(asked()), new Set([model.first]));
    t.equal((await gateway.chat(key, { model: model.name })).status, 200);
    t.equal(asked().at(-1), model.second);
    const said = (text: string) =>
      lines.filter((line) => line.includes(text)).map((line) => JSON.parse(line));
    const [opened] = said('a target keeps failing');
    t.match(opened, { target: /^application-inference-profile\//, region: 'us-east-1', kind: 'timeout' });
    t.equal((await scrape(gateway)).get('brconnector_targets_avoided{reason="failing"}'), 1);
    rule.remove();
    await eventually(async () => {
      await gateway.chat(key, { model: model.name });
      return asked().at(-1) === model.first;
    });
    t.equal(said('a target answers again').length, 1);
    t.equal((await scrape(gateway)).get('brconnector_targets_avoided{reason="failing"}'), 0);
    t.notMatch(lines.join(), /123456789012/);
  },
);
