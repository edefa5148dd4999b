// Charges that were priced wrong: previewed, corrected up and down, once, and the books stay right.
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { startTestGateway, type TestGateway } from '../../helpers/gateway.ts';
import { snapshot } from '../../helpers/snapshot.ts';

const PLACE = { base_id: 'anthropic.claude-3-haiku-20240307-v1:0', scope: 'in-region' };
const HAIKU = '2024-01-01T00:00:00Z';
const ALL = { from: '2026-01-01T00:00:00Z', to: '2027-01-01T00:00:00Z' };
/** 1000 input tokens: at x USD per million they cost x thousandths of a dollar. */
const USAGE = { inputTokens: 1_000, outputTokens: 0, totalTokens: 1_000 };

const answerWith = (gateway: TestGateway, usage: object) =>
  gateway.simulator.script({ times: 1, behaviour: { kind: 'answer', text: 'x', usage: { ...usage } } });

/** The list that has been in force since ever gets other prices, as if it had been typed right at once. */
async function correctPrice(gateway: TestGateway, usd: string): Promise<void> {
  const bands = [{ input: usd, output: usd }];
  const answer = await gateway.admin('POST', '/admin/price/set', { ...PLACE, valid_from: HAIKU, bands });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
}

async function preview(gateway: TestGateway, range: object = ALL) {
  const answer = await gateway.admin('POST', '/admin/price/reprice/preview', { ...PLACE, ...range });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return answer.body.data;
}

const apply = (gateway: TestGateway, token: string, more: object = {}) =>
  gateway.admin('POST', '/admin/price/reprice', { ...PLACE, ...ALL, reason: 'wrong list', token, ...more });

async function keyRow(gateway: TestGateway, id: number) {
  const { data } = (await gateway.admin('GET', `/admin/api-key/detail/${id}`)).body;
  return { month_fee: data.month_fee, balance: data.balance, total_fee: data.total_fee };
}

t.test(
  'charges are corrected up, then down, over quota and balance; a second run moves nothing',
  async (t) => {
    const gateway = await startTestGateway(t);
    await correctPrice(gateway, '1');
    const split = await gateway.createKey({ name: 'split', month_quota: '0.0015', balance: '1' });
    const plain = await gateway.createKey({ name: 'plain', month_quota: '1' });
    for (const key of [split, split, plain]) {
      answerWith(gateway, USAGE);
      t.equal((await gateway.chat(key, { max_tokens: 10 })).status, 200);
    }
    await gateway.recorded(3);
    t.same(await keyRow(gateway, split.id), {
      ...{ month_fee: '0.0015000000', balance: '0.9995000000', total_fee: '0.0020000000' },
    });

    await correctPrice(gateway, '3');
    t.equal((await keyRow(gateway, split.id)).total_fee, '0.0020000000', 'nothing changes by itself');
    const up = await preview(gateway);
    t.match(up, {
      ...{ exchanges: 3, changed: 3, corrected: 0, estimated: 0, quarantined: 0, unpriced: 0 },
      ...{ total: '0.0060000000', more: '0.0060000000', less: '0.0000000000', key_count: 2 },
      keys: [
        { key_id: split.id, name: 'split', exchanges: 2, difference: '0.0040000000' },
        { key_id: plain.id, name: 'plain', exchanges: 1, difference: '0.0020000000' },
      ],
    });
    t.match(up.examples[0], {
      ...{ thread_id: 1, key_id: split.id, model: 'claude-3-haiku' },
      ...{ fee: '0.0010000000', new_fee: '0.0030000000', difference: '0.0020000000' },
    });
    t.same(await preview(gateway), up, 'looking changes nothing');
    const run = await apply(gateway, up.token);
    t.equal(run.status, 200, JSON.stringify(run.body));
    t.match(run.body.data, { status: 'done', changed: 3, posted: 3, skipped: 0, total: '0.0060000000' });
    t.same(await keyRow(gateway, split.id), {
      ...{ month_fee: '0.0015000000', balance: '0.9955000000', total_fee: '0.0060000000' },
    });
    t.same(await keyRow(gateway, plain.id), {
      ...{ month_fee: '0.0030000000', balance: '0.0000000000', total_fee: '0.0030000000' },
    });
    t.equal(await gateway.auditFaults(), 0);

    const again = await preview(gateway);
    t.match(again, { exchanges: 3, changed: 0, total: '0.0000000000', keys: [], examples: [] });
    t.match((await apply(gateway, again.token)).body.data, { status: 'done', changed: 0, posted: 0 });

    await correctPrice(gateway, '0.5');
    const down = await preview(gateway);
    t.match(down, { changed: 3, corrected: 3, more: '0.0000000000', less: '-0.0075000000' });
    t.match((await apply(gateway, down.token)).body.data, {
      status: 'done',
      posted: 3,
      total: '-0.0075000000',
    });
    t.same(await keyRow(gateway, split.id), {
      ...{ month_fee: '0.0010000000', balance: '1.0000000000', total_fee: '0.0010000000' },
    });
    t.equal(await gateway.auditFaults(), 0);
    const [ledger] = await gateway.database.sql`
    select count(*)::int as entries, count(distinct reference)::int as references from ledger where kind = 'adjustment'`;
    t.same(ledger, { entries: 6, references: 6 });
    const thread = (await gateway.admin('GET', '/admin/thread/detail/1')).body.data;
    t.equal(thread.fee, '0.0005000000');
    const runs = (await gateway.admin('GET', '/admin/price/reprice/list')).body.data;
    t.same(
      runs.items.map((item: { total: string }) => item.total),
      ['-0.0075000000', '0.0000000000', '0.0060000000'],
    );
    const audit = await gateway.admin('GET', '/admin/audit-log/list?action=price.reprice');
    t.match(audit.body.data.items[2], {
      after: { reason: 'wrong list', exchanges: 3, total: '60000000' },
    });
  },
);

t.test('each exchange is priced by its own moment, its own band and all four input counts', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey({ month_quota: '100' });
  const cached = {
    ...{ inputTokens: 100_000, outputTokens: 1_000, totalTokens: 401_000 },
    ...{ cacheReadInputTokens: 200_000, cacheWriteInputTokens: 100_000 },
    cacheDetails: [{ ttl: '1h', inputTokens: 40_000 }],
  };
  for (const usage of [USAGE, cached]) {
    answerWith(gateway, usage);
    await gateway.chat(key, { max_tokens: 10 });
  }
  await gateway.recorded(2);
  const [second] = await gateway.database.sql<{ at: string }[]>`
    select to_char(started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at from usage where id = 2`;
  // From exactly the moment the second one started.
  const bands = [
    { input: '1', output: '1' },
    {
      ...{ over_input_tokens: 200_000, input: '2', output: '10' },
      ...{ cache_read: '0.2', cache_write_5m: '2.5', cache_write_1h: '4' },
    },
  ];
  await gateway.admin('POST', '/admin/price/set', { ...PLACE, valid_from: second?.at, bands });
  const plan = await preview(gateway);
  t.equal(plan.changed, 1);
  // 0.1 x 2 + 0.001 x 10 + 0.2 x 0.2 + 0.06 x 2.5 + 0.04 x 4
  t.match(plan.examples, [{ thread_id: 2, new_fee: '0.5600000000' }]);
  await apply(gateway, plan.token);
  t.equal((await gateway.admin('GET', '/admin/thread/detail/2')).body.data.fee, '0.5600000000');
  t.equal(await gateway.auditFaults(), 0);
});

t.test('estimates are included, nonsense and times without a price are counted and left alone', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  gateway.simulator.script({ times: 1, behaviour: { kind: 'answer', text: 'fourfour', metadata: false } });
  await gateway.chat(key);
  answerWith(gateway, { inputTokens: -1, outputTokens: 1, totalTokens: 0 });
  await gateway.chat(key);
  gateway.simulator.script({ times: 1, behaviour: { kind: 'error', exception: 'ThrottlingException' } });
  await gateway.chat(key);
  await gateway.recorded(3);
  await correctPrice(gateway, '100');
  const plan = await preview(gateway);
  t.match(plan, { exchanges: 3, changed: 1, estimated: 1, quarantined: 1, unpriced: 0 });
  t.match(plan.examples, [{ thread_id: 1, new_fee: '0.0011000000' }]);
  await gateway.database.sql`update price set valid_from = now() where base_id = ${PLACE.base_id}`;
  t.match(await preview(gateway), { exchanges: 3, changed: 0, quarantined: 1, unpriced: 2 });
  const other = await preview(gateway, { ...ALL, scope: 'global' });
  t.equal(other.exchanges, 0);
  const [row] = await gateway.database.sql<{ at: Date }[]>`select min(started_at)::text as at from usage`;
  const at = new Date(row?.at ?? 0).toISOString();
  t.equal((await preview(gateway, { from: ALL.from, to: at })).exchanges, 0, '`to` is exclusive');
  t.equal((await preview(gateway, { from: at, to: ALL.to })).exchanges, 3, '`from` is inclusive');
});

t.test('what is applied is what was previewed, or nothing', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  answerWith(gateway, USAGE);
  await gateway.chat(key);
  await gateway.recorded(1);
  await correctPrice(gateway, '2');
  const { token } = await preview(gateway);
  await correctPrice(gateway, '5');
  const before = await snapshot(gateway.database);
  for (const [body, status, code] of [
    [{ token }, 409, 'REPRICE_CHANGED'],
    [{ token: 'x' }, 409, 'REPRICE_CHANGED'],
    [{ token: '' }, 400, 'INVALID_REQUEST'],
    [{ reason: ' ' }, 400, 'INVALID_REQUEST'],
    [{ from: ALL.to, to: ALL.from }, 400, 'REPRICE_RANGE_INVALID'],
    [{ from: ALL.to, to: ALL.to }, 400, 'REPRICE_RANGE_INVALID'],
    [{ to: '2026-06-30T23:59:60Z' }, 400, 'REPRICE_RANGE_INVALID'],
    [{ percent: 3 }, 400, 'INVALID_REQUEST'],
  ] as const) {
    const answer = await apply(gateway, token, body);
    t.equal(answer.status, status, JSON.stringify(body));
    t.equal(answer.body.error.code, code, answer.body.data);
  }
  t.same(await snapshot(gateway.database), before);
  const fresh = await preview(gateway);
  t.not(fresh.token, token);
  // An exchange at the right price changes nothing of the plan.
  answerWith(gateway, USAGE);
  await gateway.chat(key);
  await gateway.recorded(2);
  const answer = await apply(gateway, fresh.token);
  t.match(answer.body.data, { status: 'done', posted: 1 });
  t.equal(await gateway.auditFaults(), 0);
});

t.test(
  'a repeated call moves nothing again, on any replica, with or without an Idempotency-Key',
  async (t) => {
    const gateway = await startTestGateway(t);
    const replica = await startTestGateway(t, {
      database: gateway.testDatabase,
      simulator: gateway.simulator,
    });
    const key = await gateway.createKey();
    for (let index = 0; index < 60; index += 1) answerWith(gateway, USAGE);
    await Promise.all(Array.from({ length: 60 }, () => gateway.chat(key)));
    await gateway.recorded(60);
    await correctPrice(gateway, '4');
    const { token, total } = await preview(gateway);
    t.equal(total, '0.2250000000');
    const body = { ...PLACE, ...ALL, reason: 'r', token };
    const post = (on: TestGateway, more: object = {}, idempotencyKey?: string) =>
      on.api('POST', '/admin/price/reprice', {
        key: 'br_test_bootstrap_key_0123456789',
        body: { ...body, ...more },
        ...(idempotencyKey !== undefined && { headers: { 'idempotency-key': idempotencyKey } }),
      });
    const crowd = await Promise.all([
      ...[gateway, replica, gateway, replica].map((on) => post(on)),
      ...[gateway, replica].map((on) => post(on, {}, 'run-1')),
    ]);
    for (const answer of crowd) {
      t.equal(answer.status, 200, JSON.stringify(answer.body));
      t.match(answer.body.data, { id: 1, changed: 60 });
    }
    t.match((await post(gateway, {}, 'run-1')).body.data, { id: 1, status: 'done', posted: 60, skipped: 0 });
    t.equal((await post(gateway, { reason: 'other' }, 'run-1')).status, 409);
    t.equal((await post(gateway, {}, 'ü')).status, 400);
    const [ledger] = await gateway.database.sql`
    select count(*)::int as entries from ledger where kind = 'adjustment'`;
    t.equal(ledger?.entries, 60);
    t.equal((await keyRow(gateway, key.id)).total_fee, '0.2400000000');
    t.equal(await gateway.auditFaults(), 0);
  },
);

t.test('a run that was interrupted is taken up by the next process that starts', async (t) => {
  const gateway = await startTestGateway(t);
  const keys = [await gateway.createKey(), await gateway.createKey()];
  for (const key of [...keys, ...keys]) {
    answerWith(gateway, USAGE);
    await gateway.chat(key);
  }
  await gateway.recorded(4);
  await correctPrice(gateway, '1.25');
  const { token } = await preview(gateway);
  // The ledger refuses the second key: the run stops in its middle, as if the process had died there.
  const { sql } = gateway.database;
  await sql.unsafe(`
    create function test_refuse() returns trigger language plpgsql as $$
      begin raise exception 'not today'; end $$;
    create trigger test_refuse before insert on ledger for each row
      when (new.kind = 'adjustment' and new.key_id = ${keys[1]?.id}) execute function test_refuse()`);
  t.equal((await apply(gateway, token)).status, 500);
  const halfway = (await gateway.admin('GET', '/admin/price/reprice/list')).body.data.items[0];
  t.match(halfway, { status: 'running', changed: 4, posted: 2, finished_at: null });
  t.equal(await gateway.auditFaults(), 0, 'the books are right at every moment');
  await correctPrice(gateway, '9');
  const plan = await preview(gateway);
  t.match((await apply(gateway, plan.token)).body.error, { code: 'REPRICE_RUNNING' });
  await sql.unsafe('drop trigger test_refuse on ledger');
  const replica = await startTestGateway(t, { database: gateway.testDatabase, simulator: gateway.simulator });
  const runOf = async () => (await replica.admin('GET', '/admin/price/reprice/list')).body.data.items[0];
  for (let tries = 0; tries < 200 && (await runOf()).status !== 'done'; tries += 1) await pause(20);
  t.match(await runOf(), { status: 'done', posted: 4, skipped: 0, total: '0.0040000000' });
  t.match((await apply(gateway, token)).body.data, { id: 1, status: 'done', posted: 4 });
  for (const key of keys) t.equal((await keyRow(gateway, key.id)).total_fee, '0.0025000000');
  t.equal(await gateway.auditFaults(), 0);
});

t.test('a charge that was corrected otherwise between plan and entry is left alone', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  for (let index = 0; index < 2; index += 1) {
    answerWith(gateway, USAGE);
    await gateway.chat(key);
  }
  await gateway.recorded(2);
  await correctPrice(gateway, '0.1');
  const { token } = await preview(gateway);
  const { sql } = gateway.database;
  await sql.unsafe(`
    create function test_refuse() returns trigger language plpgsql as $$
      begin raise exception 'not today'; end $$;
    create trigger test_refuse before insert on ledger for each row
      when (new.kind = 'adjustment') execute function test_refuse()`);
  t.equal((await apply(gateway, token)).status, 500);
  await sql.unsafe('drop trigger test_refuse on ledger');
  const [row] = await sql<{ exchangeId: string }[]>`
    select exchange_id as "exchangeId" from usage order by id limit 1`;
  await gateway.database.db.transaction((tx) =>
    gateway.app.billing.correct(tx, {
      ...{ exchangeId: row?.exchangeId ?? '', amount: -2_500_000n, kind: 'refund', reason: 'sorry' },
      ...{ reference: null, actor: 'bootstrap', requestId: 'r' },
    }),
  );
  const answer = await apply(gateway, token);
  t.match(answer.body.data, { status: 'done', posted: 1, skipped: 1 });
  t.equal(
    (await keyRow(gateway, key.id)).total_fee,
    '0.0001000000',
    'the refund stands, the other is corrected',
  );
  t.equal(await gateway.auditFaults(), 0);
});
