// What happens to money while an exchange is under way: each story changes something in mid-stream and then lets the
// answer end. What is charged, to whom and in which window was decided when the exchange was admitted.
import t, { type Test } from 'tap';
import { type NewKey, startTestGateway, type TestGateway } from '../../helpers/gateway.ts';

/** Haiku: 100,000 tokens of input are 0.025 USD, 20,000 of output too. */
const USAGE = { inputTokens: 100_000, outputTokens: 20_000, totalTokens: 120_000 };
const FEE = '0.0500000000';

interface Story {
  gateway: TestGateway;
  key: NewKey;
  /** Lets the answer end; resolves when it is settled. */
  finish(): Promise<void>;
}

/** A streamed exchange, held open in the middle of its answer; nothing but the clock of billing is not the real one. */
async function begin(
  t: Test,
  body: Record<string, unknown> = {},
  before?: (gateway: TestGateway, key: NewKey) => Promise<void>,
): Promise<Story> {
  const gateway = await startTestGateway(t);
  await gateway.database.sql.unsafe(`
    create table test_clock (today date not null);
    insert into test_clock values ('2026-01-15');
    create or replace function billing_day(at timestamptz default now()) returns date language sql stable as
      'select today from test_clock'`);
  const key = await gateway.createKey({ month_quota: '0.04', balance: '1', group_id: 1, ...body });
  await before?.(gateway, key);
  const gate = { name: 'middle', afterDeltas: 2 };
  gateway.simulator.script({
    behaviour: { kind: 'answer', deltas: ['a', 'b', 'c', 'd'], usage: USAGE, gate },
  });
  const answering = gateway.chat(key, { stream: true });
  await gateway.simulator.reached('middle');
  return {
    gateway,
    key,
    async finish() {
      gateway.simulator.release('middle');
      const { status, body } = await answering;
      t.equal(status, 200);
      t.match(body, /data: \[DONE\]/, 'the answer came whole');
      await gateway.recorded(1);
      t.equal(await gateway.auditFaults(), 0, 'the books are right');
      const open = await gateway.database.sql`select from hold`;
      t.equal(open.length, 0);
    },
  };
}

async function moneyOf({ gateway, key }: Story) {
  const { data } = (await gateway.admin('GET', `/admin/api-key/detail/${key.id}`)).body;
  const { month_quota, month_fee, total_fee, balance } = data;
  return { month_quota, month_fee, total_fee, balance };
}

const update = ({ gateway, key }: Story, body: object) =>
  gateway.admin('POST', '/admin/api-key/update', { id: key.id, ...body });

const setBudget = async (gateway: TestGateway, body: object): Promise<{ id: number; used: string }> =>
  (await gateway.admin('POST', '/admin/budget/set', { window: 'day', limit: '5', ...body })).body.data;

const budgetsOf = async ({ gateway }: Story): Promise<Record<string, string>[]> =>
  (await gateway.admin('GET', '/admin/budget/list?orderBy=id-0')).body.data.items;

const goTo = ({ gateway }: Story, day: string) => gateway.database.sql`update test_clock set today = ${day}`;

const entryOf = async ({ gateway }: Story) => {
  const [row] = await gateway.database.sql`
    select key_id::int as key, group_id::int as group, month::text, day::text, quota_change::text as quota,
      balance_change::text as balance from ledger where kind = 'usage'`;
  return row;
};

t.test('a quota that is lowered or raised pays as far as it goes when the answer ends', async (t) => {
  const cases = [
    ['0.01', { month_fee: '0.0100000000', balance: '0.9600000000' }],
    ['0', { month_fee: '0.0000000000', balance: '0.9500000000' }],
    ['3', { month_fee: FEE, balance: '1.0000000000' }],
  ] as const;
  for (const [month_quota, expected] of cases) {
    const story = await begin(t);
    t.equal((await update(story, { month_quota })).status, 200);
    t.match(
      await moneyOf(story),
      { month_fee: '0.0000000000', balance: '1.0000000000' },
      'nothing has moved',
    );
    await story.finish();
    t.match(await moneyOf(story), { total_fee: FEE, ...expected }, month_quota);
  }
});

t.test("an exchange of the old month takes nothing of the new month's quota", async (t) => {
  const story = await begin(t);
  await goTo(story, '2026-02-01');
  t.match(await moneyOf(story), { month_fee: '0.0000000000' });
  await story.finish();
  t.match(await entryOf(story), {
    month: '2026-01-01',
    day: '2026-01-15',
    quota: '400000000',
    balance: '-100000000',
  });
  t.match(await moneyOf(story), { month_fee: '0.0000000000', total_fee: FEE, balance: '0.9900000000' });
  const { gateway, key } = story;
  t.equal((await gateway.chat(key)).status, 200);
  await gateway.recorded(2);
  t.match(await moneyOf(story), { month_fee: '0.0400000000' }, 'the new quota was whole');
  t.equal(await gateway.auditFaults(), 0);
});

t.test("an exchange of yesterday takes nothing of today's budget", async (t) => {
  const story = await begin(t, {}, async (gateway, key) => {
    await setBudget(gateway, { key_id: key.id });
    await setBudget(gateway, { group_id: 1 });
    await setBudget(gateway, { group_id: 1, window: 'month' });
  });
  await goTo(story, '2026-01-16');
  await story.finish();
  t.match(await budgetsOf(story), [
    { window: 'day', used: '0.0000000000', starts_on: '2026-01-16' },
    { window: 'day', used: '0.0000000000', starts_on: '2026-01-16' },
    { window: 'month', used: FEE, starts_on: '2026-01-01' },
  ]);
  await goTo(story, '2026-01-15');
  t.match(await budgetsOf(story), [{ used: FEE }, { used: FEE }, { used: FEE }], 'yesterday has it');
});

t.test('another group counts what is admitted in it, not what was admitted before', async (t) => {
  const story = await begin(t, {}, async (gateway) => {
    await gateway.database.sql`insert into key_group (name) values ('second')`;
    await gateway.database.sql`insert into group_wallet (group_id) values (2)`;
    for (const group_id of [1, 2]) await setBudget(gateway, { group_id, window: 'total' });
  });
  t.equal((await update(story, { group_id: 2 })).status, 200);
  await story.finish();
  t.match(await entryOf(story), { group: 1 });
  t.match(await budgetsOf(story), [
    { group_id: 1, used: FEE },
    { group_id: 2, used: '0.0000000000' },
  ]);
  const { gateway, key } = story;
  await gateway.chat(key);
  await gateway.recorded(2);
  t.match(await budgetsOf(story), [{ used: FEE }, { used: FEE }], 'the next one counts in the second group');
  t.equal(await gateway.auditFaults(), 0);
});

t.test('a key that is renamed, disabled or deleted still pays for what it has begun', async (t) => {
  const changes: [name: string, change: (story: Story) => Promise<unknown>, next: number][] = [
    ['renamed', (story) => update(story, { name: 'another' }), 200],
    ['disabled', (story) => update(story, { status: 'disabled' }), 401],
    ['deleted', ({ gateway, key }) => gateway.admin('POST', '/admin/api-key/delete', { id: key.id }), 401],
  ];
  for (const [name, change, next] of changes) {
    const story = await begin(t);
    await change(story);
    await story.finish();
    t.match(await entryOf(story), { key: story.key.id, quota: '400000000', balance: '-100000000' }, name);
    const [wallet] = await story.gateway.database.sql`
      select balance::text, held::text, total_fee::text as fee from wallet where key_id = ${story.key.id}`;
    t.same(wallet, { balance: '9900000000', held: '0', fee: '500000000' }, name);
    t.equal((await story.gateway.chat(story.key)).status, next, name);
  }
});

t.test(
  'a budget made in mid-stream counts the exchange, one that goes in mid-stream does not stop it',
  async (t) => {
    const story = await begin(t, {}, async (gateway) => {
      await setBudget(gateway, { group_id: 1, window: 'month' });
    });
    const { gateway, key } = story;
    for (const window of ['day', 'month', 'total']) {
      const { used } = await setBudget(gateway, { key_id: key.id, window, limit: 0 });
      t.equal(used, '0.0000000000');
    }
    const [first] = await budgetsOf(story);
    await gateway.admin('POST', '/admin/budget/delete', { id: first?.id });
    await story.finish();
    t.match(await budgetsOf(story), [{ used: FEE }, { used: FEE }, { used: FEE }]);
    const { used } = await setBudget(gateway, { group_id: 1, window: 'month' });
    t.equal(used, FEE, 'made again, it knows what its window has seen');
    t.equal((await gateway.chat(key)).status, 429);
  },
);

t.test('a price that changes in mid-stream is for the next exchange', async (t) => {
  const story = await begin(t);
  const { gateway, key } = story;
  await gateway.database.sql`
    insert into price (base_id, scope, over_input_tokens, valid_from, input, output, source)
    select base_id, scope, 0, now() - interval '1 second', input * 2, output * 2, 'test' from price
    where base_id = 'anthropic.claude-3-haiku-20240307-v1:0' and scope = 'in-region'`;
  await gateway.app.prices.reload();
  await story.finish();
  t.match(await moneyOf(story), { total_fee: FEE });
  await gateway.chat(key);
  await gateway.recorded(2);
  t.match(await moneyOf(story), { total_fee: '0.1500000000' }, 'twice as much, once more');
  t.equal(await gateway.auditFaults(), 0);
});
