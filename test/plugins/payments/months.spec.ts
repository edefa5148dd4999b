// The month: what it has used stays as it was charged, whatever becomes of the quota, the name or the calendar.
import t from 'tap';
import { startTestGateway, type TestGateway } from '../../helpers/gateway.ts';

/** Haiku costs 0.25 USD per million input tokens: 4,000,000 tokens would be 1 USD. */
const usageOf = (inputTokens: number) => ({ inputTokens, outputTokens: 0, totalTokens: inputTokens });
/** 100,000 tokens of haiku. */
const FEE = 0.025;

async function gatewayWithFee(t: Parameters<typeof startTestGateway>[0]): Promise<TestGateway> {
  const gateway = await startTestGateway(t);
  gateway.simulator.script({ behaviour: { kind: 'answer', text: 'pong', usage: usageOf(100_000) } });
  return gateway;
}

const moneyOf = async (gateway: TestGateway, id: number) => {
  const { month_quota, month_fee, total_fee, balance } = (
    await gateway.admin('GET', `/admin/api-key/detail/${id}`)
  ).body.data;
  return { month_quota, month_fee, total_fee, balance };
};
const usd = (amount: number) => amount.toFixed(10);

t.test('the quota pays first, then the balance; a fee that straddles them is split', async (t) => {
  const gateway = await gatewayWithFee(t);
  const key = await gateway.createKey({ month_quota: usd(FEE * 1.5), balance: usd(1) });
  await gateway.chat(key);
  await gateway.recorded(1);
  t.match(await moneyOf(gateway, key.id), { month_fee: usd(FEE), total_fee: usd(FEE), balance: usd(1) });
  await gateway.chat(key);
  await gateway.recorded(2);
  t.match(await moneyOf(gateway, key.id), {
    month_fee: usd(FEE * 1.5),
    total_fee: usd(FEE * 2),
    balance: usd(1 - FEE * 0.5),
  });
  t.equal(await gateway.auditFaults(), 0);
});

t.test('a quota that changes in mid-month moves no past money, up or down', async (t) => {
  const gateway = await gatewayWithFee(t);
  const key = await gateway.createKey({ month_quota: '1', balance: '1' });
  await gateway.chat(key);
  await gateway.chat(key);
  await gateway.recorded(2);
  const spent = { month_fee: usd(2 * FEE), total_fee: usd(2 * FEE), balance: usd(1) };
  for (const month_quota of ['0.01', '0', '5', usd(2 * FEE)]) {
    await gateway.admin('POST', '/admin/api-key/update', { id: key.id, month_quota });
    t.same(await moneyOf(gateway, key.id), { month_quota: usd(Number(month_quota)), ...spent });
  }
  await gateway.chat(key);
  await gateway.recorded(3);
  t.match(await moneyOf(gateway, key.id), {
    month_fee: usd(2 * FEE),
    total_fee: usd(3 * FEE),
    balance: usd(1 - FEE),
  });
  t.equal(await gateway.auditFaults(), 0);
});

t.test('in a new month the whole quota is there, for the first request and after any edit', async (t) => {
  const gateway = await gatewayWithFee(t);
  const edits: Record<string, object | undefined> = {
    'no edit': undefined,
    'a new name': { name: 'renamed' },
    'a new quota': { month_quota: usd(2 * FEE) },
    'disabled and enabled': { status: 'active' },
  };
  let count = 0;
  for (const [name, edit] of Object.entries(edits)) {
    const key = await gateway.createKey({ month_quota: usd(FEE * 2) });
    // Last month was used up to the last cent.
    await gateway.database.sql`insert into quota_period (key_id, month, quota_limit, used)
      select key_id, (date_trunc('month', now()) - interval '1 month')::date, month_quota, month_quota
      from wallet where key_id = ${key.id}`;
    await gateway.database
      .sql`update virtual_key set updated_at = now() - interval '1 month' where id = ${key.id}`;
    if (edit !== undefined) await gateway.admin('POST', '/admin/api-key/update', { id: key.id, ...edit });
    t.match(await moneyOf(gateway, key.id), { month_fee: usd(0) }, name);
    t.equal((await gateway.chat(key)).status, 200, name);
    count += 1;
    await gateway.recorded(count);
    t.match(await moneyOf(gateway, key.id), { month_fee: usd(FEE), total_fee: usd(FEE) }, name);
  }
});

t.test('the month is that of the billing zone', async (t) => {
  const zones = ['Pacific/Kiritimati', 'Pacific/Pago_Pago'];
  const months: string[] = [];
  for (const zone of zones) {
    const gateway = await startTestGateway(t, { env: { BILLING_TIME_ZONE: zone } });
    const key = await gateway.createKey();
    await gateway.chat(key);
    await gateway.recorded(1);
    const [row] = await gateway.database.sql<{ month: string; expected: string }[]>`
      select month::text, to_char(now() at time zone ${zone}, 'YYYY-MM-01') as expected from quota_period`;
    t.equal(row?.month, row?.expected, zone);
    months.push(row?.month ?? '');
  }
  t.equal(months.length, 2);
});

t.test('a key without quota and balance is refused before anything is stored or sent', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey({ month_quota: 0 });
  for (const stream of [true, false]) {
    const answer = await gateway.chat(key, { stream }, { 'Session-Id': 's' });
    t.equal(answer.status, 429);
    t.match(answer.body.error, { type: 'insufficient_quota', code: 'insufficient_quota', param: null });
    t.equal(answer.headers.get('x-should-retry'), 'false');
    t.match(answer.headers.get('content-type'), /^application\/json/);
  }
  t.same(gateway.simulator.journal.entries(), []);
  for (const room of ['thread', 'session'])
    t.equal((await gateway.admin('GET', `/admin/${room}/list`)).body.data.total, '0', room);
});
