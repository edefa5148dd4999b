// Who pays, row by row: however an admitted request ends, it is settled once, for what the table says.
import t, { type Test } from 'tap';
import { createSimulator } from '../../../src/simulator/simulator.ts';
import { type NewKey, startTestGateway, type TestGateway } from '../../helpers/gateway.ts';
import { hasReceipt } from '../billing/receipts/adds-up.ts';
import { type Ending, endings } from './endings.ts';

t.test('each way an admitted request can end is charged what the table says', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  let count = 0;
  for (const row of endings) {
    const rule = gateway.simulator.script({ behaviour: row.behaviour, times: 1 });
    const answer = await gateway.chat(key, { stream: row.stream });
    count += 1;
    await gateway.recorded(count);
    rule.remove();
    await t.test(`${row.name}${row.stream ? ' (streamed)' : ''}`, async (t) => {
      t.equal(answer.status, row.httpStatus, 'HTTP status');
      const thread = await newestThread(gateway, key);
      sees(t, thread, row);
      await hasReceipt(t, { gateway, key, id: thread.id, ending: row });
      // A stream's headers leave before its cost is known.
      const isEarly = !row.stream || row.httpStatus !== 200;
      t.equal(answer.headers.get('x-gateway-cost'), isEarly ? thread.fee : null);
      t.equal(answer.headers.get('x-gateway-usage-source'), isEarly ? row.source : null);
    });
  }
  t.equal(await gateway.auditFaults(), 0);
});

async function newestThread(gateway: TestGateway, key: NewKey) {
  const list = await gateway.api('GET', '/user/thread/list?limit=1', { key: key.secret });
  const { body } = await gateway.api('GET', `/user/thread/detail/${list.body.data.items[0].id}`, {
    key: key.secret,
  });
  return body.data;
}

function sees(t: Test, thread: Awaited<ReturnType<typeof newestThread>>, row: Ending): void {
  t.equal(thread.status, row.status);
  t.equal(thread.usage_source, row.source);
  t.same([thread.tokens_in, thread.tokens_out], row.tokens);
  const fee =
    (BigInt(row.tokens[0]) * 2_500_000_000n + BigInt(row.tokens[1]) * 12_500_000_000n + 500_000n) /
    1_000_000n;
  t.equal(thread.fee, `0.${String(fee).padStart(10, '0')}`);
}

t.test('cached tokens are charged at their own four prices', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const usage = {
    inputTokens: 10,
    outputTokens: 5,
    totalTokens: 10 + 5 + 100 + 30,
    cacheReadInputTokens: 100,
    cacheWriteInputTokens: 30,
    cacheDetails: [
      { ttl: '5m', inputTokens: 20 },
      { ttl: '1h', inputTokens: 10 },
    ],
  };
  gateway.simulator.script({ behaviour: { kind: 'answer', text: 'pong', usage } });
  // 1 / 5 / 0.1 / 1.25 / 2 USD per million, plus ten percent outside the global profile.
  const answer = await gateway.chat(key, { model: 'global.anthropic.claude-haiku-4-5-20251001-v1:0' });
  t.equal(answer.body.usage.prompt_tokens, 140);
  t.equal(answer.body.usage.prompt_tokens_details.cached_tokens, 100);
  await gateway.recorded(1);
  const { body } = await gateway.api('GET', '/user/thread/detail/1', { key: key.secret });
  t.equal(body.data.tokens_in, 140);
  t.equal(body.data.tokens_cache_read, 100);
  t.equal(body.data.tokens_cache_write_5m, 20);
  t.equal(body.data.tokens_cache_write_1h, 10);
  // 10x1 + 5x5 + 100x0.1 + 20x1.25 + 10x2 = 90 millionths of a dollar.
  t.equal(body.data.fee, '0.0000900000');
});

for (const [name, usage] of Object.entries({
  'negative tokens': { inputTokens: -5, outputTokens: 3, totalTokens: -2 },
  'half a token': { inputTokens: 5.5, outputTokens: 3, totalTokens: 8.5 },
  'more than ten contexts': { inputTokens: 2_000_001, outputTokens: 3, totalTokens: 2_000_004 },
}))
  t.test(`absurd usage (${name}) is charged at the hold and flagged`, async (t) => {
    const gateway = await startTestGateway(t);
    const key = await gateway.createKey();
    gateway.simulator.script({ behaviour: { kind: 'answer', text: 'pong', usage }, times: 2 });
    const stopReason = 'malformed_model_output';
    gateway.simulator.script({ behaviour: { kind: 'answer', text: '', stopReason, usage } });
    for (const stream of [false, true, false, true]) await gateway.chat(key, { stream });
    await gateway.recorded(4);
    const rows = await gateway.database.sql<{ fee: string; hold_amount: string; is_quarantined: boolean }[]>`
      select fee, hold_amount, is_quarantined from usage`;
    t.equal(rows.length, 4);
    for (const row of rows) {
      t.ok(row.is_quarantined);
      t.equal(row.fee, row.hold_amount);
      t.ok(BigInt(row.fee) > 0n);
    }
    t.equal(await gateway.auditFaults(), 0);
  });

t.test('an upstream that cannot be reached costs nothing', async (t) => {
  const simulator = await createSimulator();
  const gateway = await startTestGateway(t, { simulator });
  const key = await gateway.createKey();
  await simulator.close();
  for (const stream of [false, true]) t.equal((await gateway.chat(key, { stream })).status, 502);
  await gateway.recorded(2);
  const { body } = await gateway.api('GET', '/user/thread/list', { key: key.secret });
  for (const thread of body.data.items) t.match(thread, { status: 'upstream_error', fee: '0.0000000000' });
  t.equal(await gateway.auditFaults(), 0);
});

t.test('a request that nothing is left of is refused, not charged, and makes no thread', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const answer = await gateway.chat(key, { messages: [{ role: 'user', content: '   ' }] });
  t.equal(answer.status, 400);
  t.equal(answer.body.error.param, 'messages');
  await gateway.chat(key);
  await gateway.recorded(1);
  const { body } = await gateway.api('GET', '/user/thread/list', { key: key.secret });
  t.equal(body.data.total, '1');
  t.equal(gateway.simulator.journal.entries().length, 1);
  t.equal(await gateway.auditFaults(), 0);
});
