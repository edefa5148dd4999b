// What is announced, and that it is announced once.
import t from 'tap';
import {
  beInMidMonth,
  budgetThatUsed,
  createChannel,
  keyThatUsed,
  listedAlerts,
  startQuietGateway,
  units,
  use,
} from './spending.ts';

const said = (
  alerts: { watched: string; kind: string; threshold: number; owner: string; window: string }[],
) =>
  alerts
    .filter(({ kind }) => kind !== 'forecast')
    .map(({ watched, window, threshold, owner }) => `${owner} ${window} ${watched} ${threshold}`);

t.test('a quota is announced at each threshold, once, however often one looks', async (t) => {
  const gateway = await startQuietGateway(t);
  const id = await keyThatUsed(gateway, 4.999999);
  t.equal(await gateway.app.alerts.sweep(), 0, 'just below');
  for (const [used, threshold] of [
    [5, 50],
    [8, 80],
    [10, 100],
  ] as const) {
    await use(gateway, id, used);
    await gateway.app.alerts.sweep();
    t.equal(said(await listedAlerts(gateway)).at(-1), `Alice month quota ${threshold}`);
    t.equal(await gateway.app.alerts.sweep(), 0);
  }
  t.equal(said(await listedAlerts(gateway)).length, 3);
});

t.test(
  'of thresholds crossed together only the highest is announced; the lower ones never follow',
  async (t) => {
    const gateway = await startQuietGateway(t);
    const id = await keyThatUsed(gateway, 11);
    t.equal(await gateway.app.alerts.sweep(), 1);
    t.same(said(await listedAlerts(gateway)), ['Alice month quota 100']);
    await use(gateway, id, 11, 20);
    t.equal(await gateway.app.alerts.sweep(), 0, '55 % of a raised limit');
    const [passed] = await gateway.database.sql`select count(*)::int as n from alert where not is_announced`;
    t.equal(passed?.n, 2);
  },
);

t.test('a share that falls with a raised limit and rises again is not announced again', async (t) => {
  const gateway = await startQuietGateway(t);
  await beInMidMonth(gateway);
  const id = await keyThatUsed(gateway, 8.5);
  await gateway.app.alerts.sweep();
  const before = await listedAlerts(gateway);
  await use(gateway, id, 8.5, 100);
  t.equal(await gateway.app.alerts.sweep(), 0);
  await use(gateway, id, 85, 100);
  t.equal(await gateway.app.alerts.sweep(), 0);
  t.same(await listedAlerts(gateway), before);
  await use(gateway, id, 100, 100);
  t.equal(await gateway.app.alerts.sweep(), 1, 'a threshold that was not reached before is news');
});

t.test('a threshold that is set lower later does not bring up what was passed long ago', async (t) => {
  const gateway = await startQuietGateway(t, { env: { ALERT_THRESHOLDS: '80' } });
  const id = await keyThatUsed(gateway, 8);
  t.equal((await gateway.app.alerts.sweep()) > 0, true);
  const other = await startQuietGateway(t, {
    database: gateway.testDatabase,
    env: { ALERT_THRESHOLDS: '60,80' },
  });
  await use(gateway, id, 13, 20);
  await other.app.alerts.sweep();
  t.same(said(await listedAlerts(gateway)), ['Alice month quota 80']);
});

t.test('every kind of budget is watched, of keys and of groups, in its current period only', async (t) => {
  const gateway = await startQuietGateway(t);
  const { id: keyId } = await gateway.createKey({ name: 'Alice', month_quota: '0' });
  for (const window of ['day', 'month', 'total'] as const) {
    await budgetThatUsed(gateway, { keyId }, window, 8);
    await budgetThatUsed(gateway, { groupId: 1 }, window, 5);
  }
  await gateway.database.sql`
    insert into budget_period (budget_id, starts_on, used)
    select id, budget_starts_on("window") - 40, ${units(1000)}::bigint from budget where "window" <> 'total'`;
  await gateway.app.alerts.sweep();
  t.same(
    said(await listedAlerts(gateway)).toSorted(),
    ['day', 'month', 'total']
      .flatMap((window) => [`Alice ${window} budget 80`, `default ${window} budget 50`])
      .sort(),
  );
});

t.test('a new period is announced anew', async (t) => {
  const gateway = await startQuietGateway(t);
  const id = await keyThatUsed(gateway, 10);
  t.equal(await gateway.app.alerts.sweep(), 1);
  // As if what was announced had been a month ago.
  await gateway.database.sql`update alert set starts_on = (starts_on - interval '1 month')::date`;
  await use(gateway, id, 5);
  await gateway.app.alerts.sweep();
  t.same(said(await listedAlerts(gateway)), ['Alice month quota 100', 'Alice month quota 50']);
});

t.test('no limit, a deleted key and a deleted group are never announced', async (t) => {
  const gateway = await startQuietGateway(t);
  const none = await keyThatUsed(gateway, 0);
  await use(gateway, none, 5, 0);
  const deleted = await keyThatUsed(gateway, 10);
  await gateway.admin('POST', '/admin/api-key/delete', { id: deleted });
  const [group] = await gateway.database.sql<[{ id: string }]>`
    insert into key_group (name, deleted_at) values ('gone', now()) returning id`;
  await budgetThatUsed(gateway, { groupId: Number(group.id) }, 'month', 10);
  t.equal(await gateway.app.alerts.sweep(), 0);
});

t.test('the largest amounts that tables hold do not stop a sweep', async (t) => {
  const gateway = await startQuietGateway(t);
  await beInMidMonth(gateway);
  await gateway.createKey();
  await use(gateway, 1, 99_999_999, 100_000_000);
  t.equal(await gateway.app.alerts.sweep(), 2, 'a threshold and a forecast');
});

t.test('a month that will not last is forecast once, with what it will cost', async (t) => {
  const gateway = await startQuietGateway(t);
  await beInMidMonth(gateway);
  const id = await keyThatUsed(gateway, 7);
  await gateway.app.alerts.sweep();
  const forecasts = async () =>
    (await listedAlerts(gateway, 'kind=forecast')).map(({ projected }) => Number(projected));
  const [projected = 0, ...more] = await forecasts();
  t.same(more, []);
  t.ok(projected > 12 && projected < 17, `${projected} USD, about twice of what the first half used`);
  await use(gateway, id, 7.5);
  await gateway.app.alerts.sweep();
  t.equal((await forecasts()).length, 1);
});

t.test(
  'nothing is forecast of a day, of a budget for ever, of modest use, or of what is used up',
  async (t) => {
    const gateway = await startQuietGateway(t);
    await beInMidMonth(gateway);
    await keyThatUsed(gateway, 3);
    await keyThatUsed(gateway, 10);
    await budgetThatUsed(gateway, { groupId: 1 }, 'day', 9);
    await budgetThatUsed(gateway, { groupId: 1 }, 'total', 9);
    await gateway.app.alerts.sweep();
    t.same(await listedAlerts(gateway, 'kind=forecast'), []);
    await budgetThatUsed(gateway, { groupId: 1 }, 'month', 9);
    await gateway.app.alerts.sweep();
    t.match(await listedAlerts(gateway, 'kind=forecast'), [
      { owner: 'default', watched: 'budget', window: 'month' },
    ]);
  },
);

t.test('an alert goes to the channels that are active when it is announced', async (t) => {
  const gateway = await startQuietGateway(t);
  const url = 'https://example.com/hooks/T000';
  await createChannel(gateway, { name: 'on', kind: 'slack', url });
  await createChannel(gateway, { name: 'off', kind: 'slack', url, status: 'disabled' });
  const gone = await createChannel(gateway, { name: 'gone', kind: 'slack', url });
  await gateway.admin('POST', '/admin/alert-channel/delete', { id: gone.id });
  await keyThatUsed(gateway, 10);
  await gateway.app.alerts.sweep();
  t.match(await listedAlerts(gateway), [{ deliveries: [{ channel: 'on', state: 'pending', attempts: 0 }] }]);
});

t.test('the list is filtered by owner, kind and state', async (t) => {
  const gateway = await startQuietGateway(t);
  await createChannel(gateway, { kind: 'slack', url: 'https://example.com/hooks/T000' });
  await keyThatUsed(gateway, 10);
  await keyThatUsed(gateway, 10, { name: 'Bob' });
  await gateway.app.alerts.sweep();
  t.match(await listedAlerts(gateway, 'q=bo'), [{ owner: 'Bob', threshold: 100 }]);
  t.equal((await listedAlerts(gateway, 'state=pending')).length, 2);
  t.equal((await listedAlerts(gateway, 'state=failed')).length, 0);
  t.equal((await listedAlerts(gateway, 'kind=test')).length, 0);
  t.equal((await gateway.admin('GET', '/admin/alert/list?kind=passed')).status, 400);
});

t.test(
  'what real requests spend is announced, of the quota and of a budget that was set by its route',
  async (t) => {
    const gateway = await startQuietGateway(t);
    const key = await gateway.createKey({ name: 'Alice', month_quota: '0.03' });
    const set = await gateway.admin('POST', '/admin/budget/set', {
      key_id: key.id,
      window: 'total',
      limit: '0.05',
    });
    t.equal(set.status, 200, JSON.stringify(set.body));
    // 100,000 tokens of haiku cost 0.025 USD.
    const usage = { inputTokens: 100_000, outputTokens: 0, totalTokens: 100_000 };
    gateway.simulator.script({ behaviour: { kind: 'answer', text: 'pong', usage } });
    t.equal((await gateway.chat(key)).status, 200);
    await gateway.recorded(1);
    await gateway.app.alerts.sweep();
    t.same(said(await listedAlerts(gateway)).toSorted(), ['Alice month quota 80', 'Alice total budget 50']);
  },
);
