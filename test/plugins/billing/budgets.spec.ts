// Budgets through their routes: set, enforced, told to whom they stop, and never exceeded.
import t from 'tap';
import { startTestGateway, type TestGateway } from '../../helpers/gateway.ts';

/** Units that a request to haiku holds: "ping" is at most 10 tokens, each a cache write of 0.3125 USD per million. */
const holdOf = (maxTokens: bigint) =>
  (10n * 3_125_000_000n + maxTokens * 12_500_000_000n + 500_000n) / 1_000_000n;
const usd = (units: bigint) => `0.${String(units).padStart(10, '0')}`;

const set = (gateway: TestGateway, body: object) => gateway.admin('POST', '/admin/budget/set', body);
const list = async (gateway: TestGateway, query = '') =>
  (await gateway.admin('GET', `/admin/budget/list?${query}`)).body.data;
const audited = async (gateway: TestGateway) =>
  (await gateway.admin('GET', '/admin/audit-log/list?orderBy=id-0')).body.data.items.filter(
    ({ action }: { action: string }) => action.startsWith('budget.'),
  );

t.test('a budget is made, changed, listed and deleted, and each change is on record', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const made = await set(gateway, { key_id: key.id, window: 'day', limit: '1.5' });
  t.equal(made.status, 200);
  const row = { key_id: key.id, group_id: null, window: 'day', limit: '1.5000000000' };
  t.match(made.body.data, {
    ...row,
    used: '0.0000000000',
    held: '0.0000000000',
    starts_on: /^\d{4}-\d\d-\d\d$/,
  });
  const { id } = made.body.data;
  const changed = await set(gateway, { key_id: key.id, window: 'day', limit: 0 });
  t.match(changed.body.data, { id, limit: '0.0000000000' }, 'the same one');
  const total = await set(gateway, { group_id: 1, window: 'total', limit: 2 });
  t.match(total.body.data, { key_id: null, group_id: 1, starts_on: '1970-01-01' });

  t.match(await list(gateway), { total: '2', items: [{ group_id: 1 }, { key_id: key.id }] });
  t.match(await list(gateway, 'orderBy=id-0&limit=1'), { total: '2', items: [{ key_id: key.id }] });
  t.match(await list(gateway, `key_id=${key.id}`), { total: '1', items: [{ key_id: key.id }] });
  t.match(await list(gateway, 'group_id=1'), { total: '1', items: [{ group_id: 1 }] });

  t.same((await gateway.admin('POST', '/admin/budget/delete', { id })).body, { success: true, data: null });
  t.equal((await gateway.admin('POST', '/admin/budget/delete', { id })).status, 404);
  t.match(await audited(gateway), [
    {
      action: 'budget.create',
      target: `key:${key.id}`,
      actor: 'bootstrap',
      before: null,
      after: { window: 'day' },
    },
    { action: 'budget.update', before: { limit: '1.5000000000' }, after: { limit: '0.0000000000' } },
    { action: 'budget.create', target: 'group:1' },
    { action: 'budget.delete', target: `key:${key.id}`, before: { window: 'day' }, after: null },
  ]);
});

t.test('a budget that two delete at once is deleted once, and one of them is told so', async (t) => {
  const gateway = await startTestGateway(t);
  for (let round = 0; round < 5; round += 1) {
    const { data } = (await set(gateway, { group_id: 1, window: 'day', limit: 1 })).body;
    const answers = await Promise.all(
      [1, 2, 3].map(() => gateway.admin('POST', '/admin/budget/delete', { id: data.id })),
    );
    t.same(answers.map(({ status }) => status).sort(), [200, 404, 404]);
  }
  const deletions = (await audited(gateway)).filter(
    ({ action }: { action: string }) => action === 'budget.delete',
  );
  t.equal(deletions.length, 5);
});

t.test('what cannot be a budget is refused, naming the field', async (t) => {
  const gateway = await startTestGateway(t);
  const { id: key_id } = await gateway.createKey();
  const refused: [body: object, status: number, code: string, param: string | null][] = [
    [{ window: 'day', limit: 1 }, 400, 'BUDGET_OWNER_INVALID', 'key_id'],
    [{ key_id, group_id: 1, window: 'day', limit: 1 }, 400, 'BUDGET_OWNER_INVALID', 'key_id'],
    [{ key_id: 4711, window: 'day', limit: 1 }, 404, 'BUDGET_OWNER_UNKNOWN', 'key_id'],
    [{ group_id: 4711, window: 'day', limit: 1 }, 404, 'BUDGET_OWNER_UNKNOWN', 'group_id'],
    [{ key_id, window: 'week', limit: 1 }, 400, 'INVALID_REQUEST', 'window'],
    [{ key_id, limit: 1 }, 400, 'INVALID_REQUEST', 'window'],
    [{ key_id, window: 'day' }, 400, 'INVALID_REQUEST', 'limit'],
    [{ key_id, window: 'day', limit: 1, note: '' }, 400, 'INVALID_REQUEST', 'note'],
    [{ key_id, window: 'day', limit: -1 }, 400, 'MONEY_AMOUNT_INVALID', 'limit'],
    [{ key_id, window: 'day', limit: 'much' }, 400, 'MONEY_AMOUNT_INVALID', 'limit'],
    [{ key_id, window: 'day', limit: '100000000.1' }, 400, 'MONEY_AMOUNT_INVALID', 'limit'],
    [{ key_id, window: 'day', limit: '0.00000000001' }, 400, 'MONEY_AMOUNT_INVALID', 'limit'],
    [{ key_id: 0, window: 'day', limit: 1 }, 400, 'INVALID_REQUEST', 'key_id'],
    [{ key_id: '1', window: 'day', limit: 1 }, 400, 'INVALID_REQUEST', 'key_id'],
  ];
  for (const [body, status, code, param] of refused) {
    const answer = await set(gateway, body);
    t.match([answer.status, answer.body.error], [status, { code, param }], JSON.stringify(body));
  }
  t.match((await gateway.admin('POST', '/admin/budget/delete', { id: 4711 })).body.error, {
    code: 'BUDGET_UNKNOWN',
  });
  t.match((await gateway.admin('POST', '/admin/budget/delete', {})).body.error, { param: 'id' });
  t.match((await gateway.admin('GET', '/admin/budget/list?key_id=x')).body.error, { param: 'key_id' });
  t.equal((await list(gateway)).total, '0');
  t.same(await audited(gateway), []);
});

t.test('only an administrator sees or changes budgets', async (t) => {
  const gateway = await startTestGateway(t);
  const user = await gateway.createKey();
  const body = { key_id: user.id, window: 'day', limit: 100 };
  for (const [method, path] of [
    ['POST', '/admin/budget/set'],
    ['POST', '/admin/budget/delete'],
    ['GET', '/admin/budget/list'],
  ] as const) {
    const init = method === 'POST' ? { body } : {};
    t.equal((await gateway.api(method, path, init)).status, 401, path);
    t.equal((await gateway.api(method, path, { ...init, key: user.secret })).status, 403, path);
  }
  t.equal((await list(gateway)).total, '0');
});

t.test('whoever is stopped by a budget hears which one, and how much output would fit', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey({ group_id: 1 });
  const cases: [owner: object, window: string, text: RegExp][] = [
    [{ key_id: key.id }, 'day', /this key's budget for today/],
    [{ key_id: key.id }, 'month', /this key's budget for this month/],
    [{ key_id: key.id }, 'total', /this key's total budget/],
    [{ group_id: 1 }, 'day', /the group's budget for today/],
    [{ group_id: 1 }, 'month', /the group's budget for this month/],
    [{ group_id: 1 }, 'total', /the group's total budget/],
  ];
  for (const [owner, window, text] of cases) {
    const limit = usd(holdOf(40n));
    const { data } = (await set(gateway, { ...owner, window, limit })).body;
    const answer = await gateway.chat(key, { max_tokens: 64 });
    t.equal(answer.status, 429);
    t.match(answer.body.error, { code: 'insufficient_quota', type: 'insufficient_quota' });
    t.match(answer.body.error.message, text);
    t.match(answer.body.error.message, /would cover 40: lower max_tokens/);
    t.equal(answer.headers.get('x-should-retry'), 'false');
    await set(gateway, { ...owner, window, limit: 0 });
    t.notMatch((await gateway.chat(key)).body.error.message, /lower max_tokens/, 'nothing would help');
    await gateway.admin('POST', '/admin/budget/delete', { id: data.id });
  }
  t.same(gateway.simulator.journal.entries(), [], 'nothing reached the upstream');
  await set(gateway, { key_id: key.id, window: 'day', limit: usd(holdOf(40n)) });
  t.equal((await gateway.chat(key, { max_tokens: 40 })).status, 200, 'what was said to fit does');
  await gateway.recorded(1);
  const { used } = (await list(gateway)).items[0];
  const { data } = (await gateway.admin('GET', `/admin/api-key/detail/${key.id}`)).body;
  t.equal(used, data.total_fee);
  t.not(used, '0.0000000000');
  t.equal(await gateway.auditFaults(), 0);
});

t.test(
  "100 parallel requests of three keys on two replicas, and a group's budget for two: two are served",
  async (t) => {
    const gateway = await startTestGateway(t);
    const other = await startTestGateway(t, { database: gateway.testDatabase, simulator: gateway.simulator });
    const keys = await Promise.all([0, 1, 2].map(() => gateway.createKey({ group_id: 1 })));
    await set(gateway, { group_id: 1, window: 'month', limit: usd((holdOf(1000n) * 5n) / 2n) });
    gateway.simulator.script({ behaviour: { kind: 'answer', text: 'pong', gate: { name: 'all' } } });
    const statuses: number[] = [];
    await new Promise<void>((refused) => {
      for (let index = 0; index < 100; index += 1) {
        const key = keys[index % 3] ?? { id: 0, secret: '' };
        const answering = (index % 2 === 0 ? gateway : other).chat(key, { max_tokens: 1000 });
        void answering.then(({ status }) => {
          statuses.push(status);
          if (statuses.length === 98) refused();
        });
      }
    });
    t.ok(
      statuses.every((status) => status === 429),
      'while two are under way, the rest is refused',
    );
    const { held } = (await list(gateway)).items[0];
    t.equal(held, usd(holdOf(1000n) * 2n));
    t.equal(await gateway.auditFaults(), 0);
    gateway.simulator.release('all');
    await gateway.recorded(2);
    t.equal(gateway.simulator.journal.entries().length, 2, 'two reached the upstream');
    const { used, held: left } = (await list(gateway)).items[0];
    const { data } = (await gateway.admin('GET', '/admin/statistics/total')).body;
    t.same([used, left], [data.total_fee, '0.0000000000']);
    t.equal(await gateway.auditFaults(), 0);
  },
);
