// Budgets that come, change and go under requests on two replicas: what one has used is always the ledger's sum.
import t from 'tap';
import { startTestGateway } from '../../helpers/gateway.ts';
import { flatPrice, holdRequest, reported } from './admissions.ts';

/** One USD per million tokens: a token is 10^4 units. */
const PRICE = flatPrice(10_000_000_000n, 0n);
const ROUNDS = 15;
const REQUESTS = 12;

t.test('a budget made or deleted amid holds and settlements misses none and counts none twice', async (t) => {
  const first = await startTestGateway(t);
  const second = await startTestGateway(t, { database: first.testDatabase, simulator: first.simulator });
  const replicas = [first, second];
  const gatewayOf = (index: number) => replicas[index % 2] ?? first;
  const { id: keyId } = await first.createKey({ month_quota: '0', balance: '100' });
  let spent = 0n;

  async function exchange(index: number): Promise<void> {
    const wanted = holdRequest({ keyId, groupId: 1, price: PRICE, inputTokens: 100 });
    const decision = await gatewayOf(index).app.billing.admit(wanted);
    if (decision.kind === 'refused') throw new Error(`refused by ${decision.limit}`);
    await gatewayOf(index + 1).app.billing.settle(reported(decision.hold, 50 + index));
    spent += BigInt(50 + index) * 10_000n;
  }

  for (let round = 0; round < ROUNDS; round += 1) {
    const owners = [{ key_id: keyId }, { group_id: 1 }];
    const windows = ['day', 'month', 'total'];
    const exchanges = Array.from({ length: REQUESTS }, (_, index) => exchange(index));
    const changes = owners.flatMap((owner, index) =>
      windows.map(async (window) => {
        const made = await gatewayOf(index + round).admin('POST', '/admin/budget/set', {
          ...owner,
          window,
          limit: 10,
        });
        if (made.status !== 200) throw new Error(`set answered ${made.status}`);
        return made.body.data.id;
      }),
    );
    const ids = await Promise.all(changes);
    await Promise.all(exchanges);
    const faults = await first.auditFaults();
    if (faults > 0) t.equal(faults, 0, `round ${round}`);
    const { items } = (await second.admin('GET', '/admin/budget/list')).body.data;
    const used = new Set(items.map((item: { used: string }) => BigInt(item.used.replace('.', ''))));
    t.same([...used], [spent], `round ${round}: every one has used what was spent`);
    // Deleted amid requests too.
    const more = Array.from({ length: REQUESTS }, (_, index) => exchange(index));
    await Promise.all(ids.map((id) => gatewayOf(round).admin('POST', '/admin/budget/delete', { id })));
    await Promise.all(more);
  }
  t.equal(await first.auditFaults(), 0);
});
