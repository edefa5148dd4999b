// Receipts of real exchanges: who may read them, cached tokens, corrections. That one of each ending
// adds up is checked with the charges.
import t from 'tap';
import type { Behaviour } from '../../../../src/simulator/simulator.ts';
import { startTestGateway, type TestGateway } from '../../../helpers/gateway.ts';
import { addsUp, type Receipt, receiptOf } from './adds-up.ts';

t.test('a call that was never sent has an attempt without a name, and nothing to pay', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  await gateway.simulator.close();
  await gateway.chat(key);
  await gateway.recorded(1);
  const receipt = await receiptOf(gateway, key, 1);
  addsUp(t, receipt);
  t.match(receipt, { fee: '0.0000000000', usage_source: 'none' });
  t.match(receipt.attempts, [{ outcome: 'connect_failed', upstream_request_id: null }]);
});

t.test('absurd usage is charged at the hold, and the receipt says so in its place', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  script(gateway, { inputTokens: -5, outputTokens: 3, totalTokens: -2 });
  await gateway.chat(key);
  await gateway.recorded(1);
  const receipt = await receiptOf(gateway, key, 1);
  addsUp(t, receipt);
  t.equal(receipt.is_quarantined, true);
  t.equal(receipt.charged_at_hold, receipt.hold.amount);
  t.equal(receipt.fee, receipt.hold.amount);
});

t.test('cached tokens have lines of their own, and their saving is said', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  script(gateway, {
    inputTokens: 10,
    outputTokens: 5,
    totalTokens: 145,
    cacheReadInputTokens: 100,
    cacheWriteInputTokens: 30,
    cacheDetails: [
      { ttl: '5m', inputTokens: 20 },
      { ttl: '1h', inputTokens: 10 },
    ],
  });
  await gateway.chat(key, { model: 'global.anthropic.claude-haiku-4-5-20251001-v1:0' });
  await gateway.recorded(1);
  const receipt = await receiptOf(gateway, key, 1);
  addsUp(t, receipt);
  t.same(
    receipt.lines.map(({ kind, tokens, price_per_million }: Receipt) => [kind, tokens, price_per_million]),
    [
      ['input', 10, '1.0000000000'],
      ['cache_read', 100, '0.1000000000'],
      ['cache_write_5m', 20, '1.2500000000'],
      ['cache_write_1h', 10, '2.0000000000'],
      ['output', 5, '5.0000000000'],
    ],
  );
  // 100 x 0.9 saved, 20 x 0.25 and 10 x 1 spent: 75 millionths of a dollar.
  t.equal(receipt.cache_saving, '0.0000750000');
  t.equal(receipt.price.scope, 'global');
});

t.test('writing a cache that nobody reads shows as a loss', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  script(gateway, { inputTokens: 1, outputTokens: 1, totalTokens: 102, cacheWriteInputTokens: 100 });
  await gateway.chat(key, { model: 'global.anthropic.claude-haiku-4-5-20251001-v1:0' });
  await gateway.recorded(1);
  t.match((await receiptOf(gateway, key, 1)).cache_saving, /^-0\.0000250000$/);
});

t.test('corrections stand below the fee with their reason, and change what is paid in the end', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey({ month_quota: '0.01', balance: 1 });
  script(gateway, { inputTokens: 100_000, outputTokens: 10, totalTokens: 100_010 });
  await gateway.chat(key);
  await gateway.recorded(1);
  const before = await receiptOf(gateway, key, 1);
  addsUp(t, before);
  t.equal(before.quota_part, '0.0100000000');
  t.not(before.hold.excess, '0.0000000000', 'more than the hold');
  const post = (amount: bigint, kind: 'refund' | 'adjustment', reason: string) =>
    gateway.database.db.transaction((tx) =>
      gateway.app.billing.correct(tx, {
        exchangeId: before.exchange_id,
        amount,
        kind,
        reason,
        reference: null,
        actor: 'bootstrap',
        requestId: 'r-1',
      }),
    );
  await post(-20_000_000n, 'refund', 'a bad answer');
  await post(5_000_000n, 'adjustment', 'a later invoice');
  const receipt = await receiptOf(gateway, key, 1);
  addsUp(t, receipt);
  t.match(receipt.corrections, [
    {
      kind: 'refund',
      amount: '-0.0020000000',
      reason: 'a bad answer',
      actor: 'bootstrap',
      request_id: 'r-1',
    },
    { kind: 'adjustment', amount: '0.0005000000', reason: 'a later invoice' },
  ]);
  t.equal(receipt.correction, '-0.0015000000');
  t.equal(receipt.fee, before.fee, 'the charge itself stays');
  const { body } = await gateway.admin('GET', '/admin/thread/detail/1');
  t.equal(receipt.net_fee, body.data.fee);
  t.equal(await gateway.auditFaults(), 0);
});

t.test("a receipt is its key's and the administrators'; to others it does not exist", async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const other = await gateway.createKey();
  await gateway.chat(key);
  await gateway.recorded(1);
  const own = await gateway.api('GET', '/user/thread/receipt/1', { key: key.secret });
  t.equal(own.status, 200);
  t.same((await gateway.admin('GET', '/admin/thread/receipt/1')).body, own.body);
  const missing = await gateway.api('GET', '/user/thread/receipt/99', { key: other.secret });
  const foreign = await gateway.api('GET', '/user/thread/receipt/1', { key: other.secret });
  t.equal(foreign.status, 404);
  t.same(foreign.body, missing.body);
  t.equal((await gateway.admin('GET', '/admin/thread/receipt/99')).status, 404);
  t.equal((await gateway.api('GET', '/user/thread/receipt/1')).status, 401);
  t.equal((await gateway.admin('GET', '/user/thread/receipt/1')).status, 403);
  t.equal((await gateway.api('GET', '/admin/thread/receipt/1', { key: key.secret })).status, 403);
  for (const id of ['0', '-1', 'x', '1.5'])
    t.equal((await gateway.admin('GET', `/admin/thread/receipt/${id}`)).status, 400, id);
});

function script(gateway: TestGateway, usage: Extract<Behaviour, { kind: 'answer' }>['usage']): void {
  gateway.simulator.script({ behaviour: { kind: 'answer', text: 'pong', usage } as Behaviour });
}
