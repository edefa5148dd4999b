// Random loads from two replicas on one database, against a plain sum: nothing is lost, doubled or overspent.
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import type { Hold } from '../../../src/plugins/billing/index.ts';
import { startTestGateway, type TestGateway } from '../../helpers/gateway.ts';

/** One USD per million tokens of either kind: a token costs 10^4 units. */
const PRICE = [
  {
    overInputTokens: 0,
    input: 10n ** 10n,
    output: 10n ** 10n,
    cacheRead: null,
    cacheWrite5m: null,
    cacheWrite1h: null,
  },
] as const;
const UNITS_PER_TOKEN = 10_000n;

interface Request {
  key: number;
  replica: number;
  /** Tokens held, and the share of them that is used. */
  tokens: number;
  usedPercent: number;
  end: 'settle' | 'settle twice' | 'release';
}

const request: fc.Arbitrary<Request> = fc.record({
  key: fc.nat(2),
  replica: fc.nat(1),
  tokens: fc.integer({ min: 1, max: 5_000 }),
  usedPercent: fc.integer({ min: 0, max: 100 }),
  end: fc.constantFrom('settle', 'settle', 'settle', 'settle twice', 'release'),
});

t.test('any mix of holds, settlements, repeats and releases adds up and never overspends', async (t) => {
  const first = await startTestGateway(t);
  const second = await startTestGateway(t, { database: first.testDatabase, simulator: first.simulator });
  const replicas = [first, second];

  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 20, maxLength: 120 }), async (requests) => {
      const keys = await Promise.all(
        // 0.01 USD of quota and 0.005 of balance: 15,000 tokens.
        [0, 1, 2].map(() => first.createKey({ month_quota: '0.01', balance: '0.005' })),
      );
      const fees = new Map<number, bigint>();
      await Promise.all(
        requests.map(async (row) => {
          const keyId = keys[row.key]?.id ?? 0;
          const charged = await run(replicas[row.replica] ?? first, keyId, row);
          fees.set(keyId, (fees.get(keyId) ?? 0n) + charged);
        }),
      );
      for (const { id } of keys) {
        const { data } = (await first.admin('GET', `/admin/api-key/detail/${id}`)).body;
        const total = units(data.total_fee);
        const fromQuota = units(data.month_fee);
        const fromBalance = units('0.0050000000') - units(data.balance);
        if (total !== (fees.get(id) ?? 0n))
          throw new Error(`key ${id}: charged ${total}, model ${fees.get(id)}`);
        if (fromQuota + fromBalance !== total) throw new Error(`key ${id}: the parts are not the whole`);
        if (fromQuota > units('0.0100000000')) throw new Error(`key ${id}: quota overspent`);
        if (fromBalance < 0n || units(data.balance) < 0n) throw new Error(`key ${id}: balance overspent`);
        if (fromBalance > 0n && fromQuota !== units('0.0100000000'))
          throw new Error(`key ${id}: balance before quota`);
      }
      if ((await first.auditFaults()) !== 0) throw new Error('the audit found faults');
    }),
    { numRuns: 12 },
  );
  t.equal(await first.auditFaults(), 0);
  const [open] = await first.database.sql`select count(*)::int as count from hold`;
  t.equal(open?.count, 0, 'no hold is left behind');
});

async function run(gateway: TestGateway, keyId: number, row: Request): Promise<bigint> {
  const { billing } = gateway.app;
  const decision = await billing.admit({
    exchangeId: randomUUID(),
    requestId: 'property',
    keyId,
    groupId: null,
    model: 'm',
    target: 'm',
    region: 'us-east-1',
    baseId: 'm',
    priceScope: 'in-region',
    serviceTier: 'standard',
    isStreamed: false,
    contextTokens: 1_000_000,
    price: PRICE,
    inputTokensBound: row.tokens,
    inputTokensEstimate: row.tokens,
    maxOutputTokens: 0,
  });
  if (decision.kind === 'refused') return 0n;
  if (row.end === 'release') {
    await billing.release(decision.hold);
    return 0n;
  }
  const tokens = Math.floor((row.tokens * row.usedPercent) / 100);
  await Promise.all([
    settle(gateway, decision.hold, tokens),
    row.end === 'settle twice' && settle(gateway, decision.hold, Math.max(0, tokens - 1)),
  ]);
  const [recorded] = await gateway.database
    .sql`select fee from usage where exchange_id = ${decision.hold.exchangeId}`;
  const fee = BigInt(recorded?.fee ?? 0);
  const allowed = [BigInt(tokens) * UNITS_PER_TOKEN, BigInt(Math.max(0, tokens - 1)) * UNITS_PER_TOKEN];
  if (!allowed.includes(fee)) throw new Error(`charged ${fee} for ${tokens} tokens`);
  return fee;
}

function settle({ app }: TestGateway, hold: Hold, tokens: number): Promise<void> {
  const usage = {
    inputTokens: tokens,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
  };
  const basis = { kind: 'reported', usage, isDrained: false } as const;
  return app.billing.settle({ hold, status: 'ok', basis, firstByteMs: 1, latencyMs: 1, attempts: [] });
}

function units(text: string): bigint {
  return BigInt(text.replace('.', ''));
}

t.test(
  'a hold counts against the month it was made in, and a new month starts with the whole quota',
  async (t) => {
    const gateway = await startTestGateway(t);
    const key = await gateway.createKey({ month_quota: '1' });
    t.equal((await gateway.chat(key)).status, 200);
    await gateway.recorded(1);
    const before = (await gateway.admin('GET', `/admin/api-key/detail/${key.id}`)).body.data;
    t.not(before.month_fee, '0.0000000000');

    // As if it had been charged last month. The ledger refuses to be edited, so its trigger stands aside for the test.
    await gateway.database.sql.begin(async (sql) => {
      await sql`alter table ledger disable trigger ledger_is_append_only`;
      await sql`update ledger set month = month - interval '1 month' where month is not null`;
      await sql`alter table ledger enable trigger ledger_is_append_only`;
      await sql`update quota_period set month = month - interval '1 month'`;
    });
    const fresh = (await gateway.admin('GET', `/admin/api-key/detail/${key.id}`)).body.data;
    t.equal(fresh.month_fee, '0.0000000000');
    t.equal(fresh.total_fee, before.total_fee);
    await gateway.admin('POST', '/admin/api-key/update', { id: key.id, name: 'renamed in the new month' });
    t.equal((await gateway.chat(key)).status, 200, 'the first request of a month is served');
    await gateway.recorded(2);
    t.equal(await gateway.auditFaults(), 0);
  },
);

t.test('the ledger refuses to be changed', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey({ balance: '1' });
  t.ok(key.id > 0);
  for (const statement of [
    'update ledger set balance_change = 5',
    'delete from ledger',
    'truncate ledger cascade',
  ])
    await t.rejects(gateway.database.sql.unsafe(statement), /append-only/);
});
