// Random loads from two replicas on one database, against a plain sum: nothing is lost, doubled or overspent.
import fc from 'fast-check';
import t from 'tap';
import type { Hold } from '../../../src/plugins/billing/index.ts';
import { startTestGateway, type TestGateway } from '../../helpers/gateway.ts';
import { flatPrice, holdRequest, reported } from './admissions.ts';

/** One USD per million tokens of either kind: a token costs 10^4 units. */
const PRICE = flatPrice(10n ** 10n, 10n ** 10n);
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

t.test(
  'any mix of holds, settlements, repeats and releases adds up and exceeds no quota, balance or budget',
  async (t) => {
    const first = await startTestGateway(t);
    const second = await startTestGateway(t, { database: first.testDatabase, simulator: first.simulator });
    const replicas = [first, second];

    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 20, maxLength: 120 }), async (requests) => {
        const keys = await Promise.all(
          // 0.01 USD of quota and 0.005 of balance: 15,000 tokens.
          [0, 1, 2].map(() => first.createKey({ month_quota: '0.01', balance: '0.005' })),
        );
        const groupId = await createGroup(first);
        const ceilings = [
          { group_id: groupId, window: 'day', limit: '0.0200000000' },
          { group_id: groupId, window: 'total', limit: '0.0180000000' },
          { key_id: keys[0]?.id, window: 'month', limit: '0.0110000000' },
        ];
        for (const ceiling of ceilings) await first.admin('POST', '/admin/budget/set', ceiling);
        const fees = new Map<number, bigint>();
        await Promise.all(
          requests.map(async (row) => {
            const keyId = keys[row.key]?.id ?? 0;
            const owner = { keyId, groupId: row.key === 2 ? null : groupId };
            const charged = await run(replicas[row.replica] ?? first, owner, row);
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
        const spent = (ids: readonly (number | undefined)[]) =>
          ids.reduce((sum, id) => sum + (fees.get(id ?? 0) ?? 0n), 0n);
        for (const query of [`group_id=${groupId}`, `key_id=${keys[0]?.id}`])
          for (const row of (await second.admin('GET', `/admin/budget/list?${query}`)).body.data.items) {
            const used = units(row.used);
            if (used > units(row.limit)) throw new Error(`${query}, ${row.window}: above its ceiling`);
            const expected = spent(row.key_id === null ? [keys[0]?.id, keys[1]?.id] : [keys[0]?.id]);
            if (used !== expected)
              throw new Error(`${query}, ${row.window}: used ${used}, spent ${expected}`);
          }
        if ((await first.auditFaults()) !== 0) throw new Error('the audit found faults');
      }),
      { numRuns: 12 },
    );
    t.equal(await first.auditFaults(), 0);
    const [open] = await first.database.sql`select count(*)::int as count from hold`;
    t.equal(open?.count, 0, 'no hold is left behind');
  },
);

async function run(
  gateway: TestGateway,
  { keyId, groupId }: { keyId: number; groupId: number | null },
  row: Request,
): Promise<bigint> {
  const { billing } = gateway.app;
  const decision = await billing.admit(
    holdRequest({ keyId, groupId, price: PRICE, inputTokens: row.tokens }),
  );
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
  return app.billing.settle(reported(hold, tokens));
}

async function createGroup({ app, database }: TestGateway): Promise<number> {
  const [group] = await database.sql<{ id: number }[]>`
    insert into key_group (name) values (gen_random_uuid()::text) returning id::int`;
  if (group === undefined) throw new Error('no group');
  await database.db.transaction((tx) => app.billing.openGroupWallet(tx, group.id));
  return group.id;
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
