// Ends that are told more than once, in one batch or later: they count once.
import t from 'tap';
import { eventually } from '../../helpers/eventually.ts';
import { startTestGateway, type TestGateway } from '../../helpers/gateway.ts';
import { flatPrice, holdRequest, reported } from './admissions.ts';

/** One USD per million tokens: 0.01 USD for 10,000. */
const PRICE = flatPrice(10_000_000_000n, 0n);

async function held({ app }: TestGateway, keyId: number, inputTokens = 10_000) {
  const decision = await app.billing.admit(holdRequest({ keyId, price: PRICE, inputTokens }));
  if (decision.kind === 'refused') throw new Error('refused');
  return decision.hold;
}

const walletOf = async ({ database }: TestGateway, keyId: number) => {
  const [row] = await database.sql`
    select held::text, balance::text, total_fee::text as fee from wallet where key_id = ${keyId}`;
  return row;
};

t.test('a release that comes twice in one batch gives back its hold once', async (t) => {
  const gateway = await startTestGateway(t);
  const { id } = await gateway.createKey({ month_quota: '0', balance: '1' });
  const [released, kept] = [await held(gateway, id), await held(gateway, id)];
  const { billing } = gateway.app;
  await Promise.all([billing.release(released), billing.release(released)]);
  t.same(await walletOf(gateway, id), { held: '100000000', balance: '10000000000', fee: '0' });
  await billing.settle(reported(kept, 10_000));
  t.same(await walletOf(gateway, id), { held: '0', balance: '9900000000', fee: '100000000' });
  t.equal(await gateway.auditFaults(), 0);
});

t.test('a release and a charge of one hold in one batch: the first one counts, whole', async (t) => {
  const gateway = await startTestGateway(t);
  const { id } = await gateway.createKey({ month_quota: '0', balance: '1' });
  const { billing } = gateway.app;
  for (const isReleasedFirst of [true, false]) {
    const before = await walletOf(gateway, id);
    const hold = await held(gateway, id);
    await held(gateway, id, 1);
    const charge = () => billing.settle(reported(hold, 10_000));
    const release = () => billing.release(hold);
    await Promise.all(isReleasedFirst ? [release(), charge()] : [charge(), release()]);
    const after = await walletOf(gateway, id);
    const fee = BigInt(after?.fee) - BigInt(before?.fee);
    t.equal(fee, isReleasedFirst ? 0n : 100_000_000n);
    t.equal(await gateway.auditFaults(), 0);
  }
});

t.test('a charge that comes thrice, in one batch and on two replicas, is charged once', async (t) => {
  const gateway = await startTestGateway(t);
  const other = await startTestGateway(t, { database: gateway.testDatabase, simulator: gateway.simulator });
  const { id } = await gateway.createKey({ month_quota: '0', balance: '1' });
  const hold = await held(gateway, id);
  await Promise.all([gateway, gateway, other].map(({ app }) => app.billing.settle(reported(hold, 10_000))));
  t.same(await walletOf(gateway, id), { held: '0', balance: '9900000000', fee: '100000000' });
  t.equal(await gateway.auditFaults(), 0);
});

t.test('the truth about an estimate that was refunded meanwhile gives back nothing more', async (t) => {
  const gateway = await startTestGateway(t, { env: { HOLD_LEASE_SECONDS: '1' } });
  const { app, database } = gateway;
  const { id } = await gateway.createKey({ month_quota: '0', balance: '1' });
  for (const truth of [4_000, 0]) {
    const hold = await held(gateway, id);
    await database.sql`update hold set owner = gen_random_uuid()`;
    await eventually(async () => {
      await app.billing.reap();
      return (await database.sql`select from hold`).length === 0;
    });
    const [thread] = await database.sql`select id::int from usage where exchange_id = ${hold.exchangeId}`;
    const body = { thread_id: thread?.id, reason: 'the process died' };
    t.equal((await gateway.admin('POST', '/admin/ledger/refund', body)).body.data.amount, '0.0100000000');
    await app.billing.settle(reported(hold, truth));
    t.same(await walletOf(gateway, id), { held: '0', balance: '10000000000', fee: '0' });
  }
  t.equal(app.billing.waiting.settlements, 0);
  t.equal(await gateway.auditFaults(), 0);
});
