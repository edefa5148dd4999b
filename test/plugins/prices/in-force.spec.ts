// Which price a request is charged by: the one in force when it was admitted, on whichever replica.
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { CATALOGUE_CHANGED } from '../../../src/db/channels.ts';
import { startTestGateway, type TestGateway } from '../../helpers/gateway.ts';

const HAIKU = { base_id: 'anthropic.claude-3-haiku-20240307-v1:0', scope: 'in-region' };
const USAGE = { inputTokens: 1_000, outputTokens: 100, totalTokens: 1_100 };

/** USD per million tokens, the same for input and output. */
async function setPrice(gateway: TestGateway, usd: string, more: object = {}): Promise<void> {
  const bands = [{ input: usd, output: usd }];
  const answer = await gateway.admin('POST', '/admin/price/set', { ...HAIKU, bands, ...more });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
}

/** Fees in the order the exchanges started. */
async function fees(gateway: TestGateway): Promise<string[]> {
  const { body } = await gateway.admin('GET', '/admin/thread/list?orderBy=id-0');
  return body.data.items.map(({ fee }: { fee: string }) => fee);
}

t.test('a price that changes in mid-stream is for the next request, not for the one under way', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  gateway.simulator.script({
    times: 1,
    behaviour: {
      kind: 'answer',
      deltas: ['a', 'b', 'c'],
      usage: USAGE,
      gate: { name: 'middle', afterFrames: 3 },
    },
  });
  gateway.simulator.script({ behaviour: { kind: 'answer', text: 'x', usage: USAGE } });
  const underWay = gateway.chat(key, { stream: true });
  await gateway.simulator.reached('middle');
  await setPrice(gateway, '100');
  gateway.simulator.release('middle');
  t.equal((await underWay).status, 200);
  await gateway.recorded(1);
  await gateway.chat(key);
  await setPrice(gateway, '200');
  await gateway.chat(key);
  await gateway.recorded(3);
  // 1000 x 0.25 + 100 x 1.25; 1100 x 100; 1100 x 200, in millionths of a dollar.
  t.same(await fees(gateway), ['0.0003750000', '0.1100000000', '0.2200000000']);
  t.equal(await gateway.auditFaults(), 0);
});

t.test('a change reaches another replica within a second', async (t) => {
  const gateway = await startTestGateway(t);
  const replica = await startTestGateway(t, { database: gateway.testDatabase, simulator: gateway.simulator });
  const model = replica.app.models.find('claude-3-haiku');
  if (model === undefined) throw new Error('no such model');
  const started = Date.now();
  await setPrice(gateway, '3');
  await gateway.admin('POST', '/admin/model/create', {
    ...{ name: 'default', target: HAIKU.base_id, base_id: HAIKU.base_id, price_scope: 'in-region' },
    ...{ vendor: 'us', context_tokens: 1000, max_output_tokens: 100 },
  });
  const isThere = () =>
    replica.app.models.priceOf(model, new Date())?.[0].input === 30_000_000_000n &&
    replica.app.models.find('anything') !== undefined;
  while (!isThere() && Date.now() - started < 5_000) await pause(5);
  t.ok(isThere());
  t.ok(Date.now() - started < 1_000, `${Date.now() - started} ms`);
});

t.test('a price with a date in the future comes into force by itself, at that moment', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  gateway.simulator.script({ behaviour: { kind: 'answer', text: 'x', usage: USAGE } });
  let announcements = 0;
  const validFrom = new Date(Date.now() + 1_500);
  await setPrice(gateway, '100', { valid_from: validFrom.toISOString() });
  await gateway.database.sql.listen(CATALOGUE_CHANGED, () => {
    announcements += 1;
  });
  const model = gateway.app.models.find('claude-3-haiku');
  if (model === undefined) throw new Error('no such model');
  const inputAt = (ms: number) =>
    gateway.app.models.priceOf(model, new Date(validFrom.getTime() + ms))?.[0].input;
  t.equal(inputAt(-1), 2_500_000_000n);
  t.equal(inputAt(0), 1_000_000_000_000n);
  await gateway.chat(key);
  await pause(Math.max(0, validFrom.getTime() - Date.now() + 1));
  await gateway.chat(key);
  await gateway.recorded(2);
  t.same(await fees(gateway), ['0.0003750000', '0.1100000000']);
  t.equal(announcements, 0, 'nobody had to say so');
});

t.test('a model whose price is not there is refused and becomes available with one', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const body = {
    ...{ name: 'new', target: 'some.new-model-v1:0', base_id: 'some.new-model-v1:0', price_scope: 'global' },
    ...{ vendor: 'some', context_tokens: 1000, max_output_tokens: 100 },
  };
  const created = (await gateway.admin('POST', '/admin/model/create', body)).body.data;
  t.equal(created.price, null);
  const refused = await gateway.chat(key, { model: 'new' });
  t.equal(refused.status, 403);
  t.match(refused.body.error.message, /no price/);
  const answer = await gateway.admin('POST', '/admin/price/set', {
    ...{ base_id: 'some.new-model-v1:0', scope: 'global', bands: [{ input: 1, output: 2 }] },
  });
  t.equal(answer.status, 200);
  t.equal((await gateway.chat(key, { model: 'new' })).status, 200);
  t.equal(gateway.simulator.journal.entries().length, 1);
});
