// Money moved by hand: exact, once, on record, and never what open holds need.
import t from 'tap';
import { ADMIN_API_KEY, type ApiAnswer, startTestGateway, type TestGateway } from '../../helpers/gateway.ts';
import { flatPrice, holdRequest, reported } from './admissions.ts';

/** One USD per million tokens. */
const PRICE = flatPrice(10_000_000_000n, 10_000_000_000n);

type Verb = 'adjust' | 'refund' | 'transfer';

function move(gateway: TestGateway, verb: Verb, body: object, once?: string): Promise<ApiAnswer> {
  const headers: Record<string, string> = once === undefined ? {} : { 'Idempotency-Key': once };
  const facts = { reason: 'a test', ...body };
  return gateway.api('POST', `/admin/ledger/${verb}`, { key: ADMIN_API_KEY, body: facts, headers });
}

const balanceOf = async (gateway: TestGateway, id: number): Promise<string> =>
  (await gateway.admin('GET', `/admin/api-key/detail/${id}`)).body.data.balance;

const audited = async (gateway: TestGateway) =>
  (await gateway.admin('GET', '/admin/audit-log/list?orderBy=id-0')).body.data.items.filter(
    ({ action }: { action: string }) => action.startsWith('ledger.'),
  );

async function held({ app }: TestGateway, keyId: number, inputTokens: number) {
  const decision = await app.billing.admit(holdRequest({ keyId, price: PRICE, inputTokens }));
  if (decision.kind === 'refused') throw new Error('refused');
  return decision.hold;
}

/** A settled exchange that has cost so many tokens; its thread's id. */
async function charged(gateway: TestGateway, keyId: number, tokens: number): Promise<number> {
  const hold = await held(gateway, keyId, tokens);
  await gateway.app.billing.settle(reported(hold, tokens));
  const [row] = await gateway.database.sql`select id::int from usage where exchange_id = ${hold.exchangeId}`;
  return row?.id;
}

t.test('an adjustment adds or takes, below zero too, and says who, why and in which request', async (t) => {
  const gateway = await startTestGateway(t);
  const { id } = await gateway.createKey({ balance: '1' });
  t.same((await move(gateway, 'adjust', { key_id: id, amount: '0.5' })).body.data, {
    balance: '1.5000000000',
  });
  const taken = await move(gateway, 'adjust', { key_id: id, amount: '-2.5', reason: '更正' });
  t.same(taken.body.data, { balance: '-1.0000000000' });
  const entries = await gateway.database.sql`
    select kind, balance_change::text as change, actor, reason, request_id as "requestId" from ledger order by id`;
  t.match(entries[2], { kind: 'adjustment', change: '-25000000000', actor: 'bootstrap', reason: '更正' });
  t.equal(entries[2]?.requestId, taken.headers.get('x-request-id'));
  t.match(await audited(gateway), [
    { action: 'ledger.adjust', target: `key:${id}`, before: { balance: '1.0000000000' } },
    { before: { balance: '1.5000000000' }, after: { balance: '-1.0000000000', reason: '更正' } },
  ]);
  t.equal(await gateway.auditFaults(), 0);
});

t.test('a refund gives back in parts, down to nothing and not further', async (t) => {
  const gateway = await startTestGateway(t);
  // 0.006 from the quota, 0.004 from the balance.
  const { id } = await gateway.createKey({ month_quota: '0.006', balance: '1' });
  const thread_id = await charged(gateway, id, 10_000);
  const answers = [];
  for (const amount of ['0.003', '0.003', '0.0039999999', '0.0000000002', '0.0000000001', '0.0000000001'])
    answers.push(await move(gateway, 'refund', { thread_id, amount }));
  t.same(
    answers.map(({ status, body }) => [status, body.data.balance_change, body.data.quota_change]),
    [
      [200, '0.0030000000', '0.0000000000'],
      [200, '0.0010000000', '-0.0020000000'],
      [200, '0.0000000000', '-0.0039999999'],
      [409, undefined, undefined],
      [200, '0.0000000000', '-0.0000000001'],
      [409, undefined, undefined],
    ],
    'first to the balance, as far as it had paid',
  );
  t.match(answers[3]?.body, { success: false, error: { code: 'CORRECTION_TOO_LARGE', param: 'amount' } });
  const { data } = (await gateway.admin('GET', `/admin/api-key/detail/${id}`)).body;
  t.match(data, { balance: '1.0000000000', month_fee: '0.0000000000', total_fee: '0.0000000000' });
  const whole = await move(gateway, 'refund', { thread_id });
  t.match(whole.body.data, { amount: '0.0000000000' }, 'all that is left of nothing');
  const refunds = await gateway.database.sql`select from ledger where kind = 'refund'`;
  t.equal(refunds.length, 4);
  t.equal(await gateway.auditFaults(), 0);
});

t.test(
  'a refund without an amount gives back all that is left; parallel ones give it back once',
  async (t) => {
    const gateway = await startTestGateway(t);
    const { id } = await gateway.createKey({ month_quota: '0', balance: '1' });
    const thread_id = await charged(gateway, id, 10_000);
    await move(gateway, 'refund', { thread_id, amount: '0.002' });
    const answers = await Promise.all([1, 2, 3, 4].map(() => move(gateway, 'refund', { thread_id })));
    const amounts = answers.map(({ body }) => body.data.amount);
    t.same(amounts.sort(), ['0.0000000000', '0.0000000000', '0.0000000000', '0.0080000000']);
    t.equal(await balanceOf(gateway, id), '1.0000000000');
    const entries = await audited(gateway);
    t.match(entries.slice(0, 2), [
      { action: 'ledger.refund', target: `thread:${thread_id}`, before: { fee: '0.0100000000' } },
      { before: { fee: '0.0080000000' }, after: { fee: '0.0000000000', reason: 'a test' } },
    ]);
    t.equal(await gateway.auditFaults(), 0);
  },
);

t.test('parallel partial refunds are on record with the fees that they found', async (t) => {
  const gateway = await startTestGateway(t);
  const { id } = await gateway.createKey({ month_quota: '0', balance: '1' });
  const thread_id = await charged(gateway, id, 10_000);
  await Promise.all([1, 2, 3, 4].map(() => move(gateway, 'refund', { thread_id, amount: '0.001' })));
  const fees = (await audited(gateway)).map((entry: { before: { fee: string } }) => entry.before.fee);
  t.same(fees, ['0.0100000000', '0.0090000000', '0.0080000000', '0.0070000000']);
});

t.test('a transfer moves exactly its amount, and never what open holds need', async (t) => {
  const gateway = await startTestGateway(t);
  const from = await gateway.createKey({ month_quota: '0.004', balance: '0.01' });
  const to = await gateway.createKey({ balance: '1' });
  const body = { from_key_id: from.id, to_key_id: to.id };
  // Holds 0.01: 0.004 of the quota, 0.006 of the balance.
  const hold = await held(gateway, from.id, 10_000);
  const refused = await move(gateway, 'transfer', { ...body, amount: '0.0040000001' });
  t.equal(refused.status, 409);
  t.match(refused.body.error, { code: 'BALANCE_TOO_SMALL', param: 'amount' });
  const moved = await move(gateway, 'transfer', { ...body, amount: '0.004' });
  t.same(moved.body.data, { from_balance: '0.0060000000', to_balance: '1.0040000000' });
  t.equal((await move(gateway, 'transfer', { ...body, amount: '0.0000000001' })).status, 409);
  await gateway.app.billing.settle(reported(hold, 10_000));
  t.equal(await balanceOf(gateway, from.id), '0.0000000000', 'the exchange was paid for');
  t.match(await audited(gateway), [
    {
      action: 'ledger.transfer',
      target: `key:${from.id}`,
      before: { balance: '0.0100000000' },
      after: { balance: '0.0060000000', to: `key:${to.id}`, amount: '0.0040000000', reason: 'a test' },
    },
  ]);
  const sides = await gateway.database.sql`
    select key_id::int as key, counterpart_key_id::int as other, balance_change::text as change from ledger
    where kind = 'transfer' order by id`;
  t.same(sides, [
    { key: from.id, other: to.id, change: '-40000000' },
    { key: to.id, other: from.id, change: '40000000' },
  ]);
  t.equal(await gateway.auditFaults(), 0);
});

t.test(
  'parallel transfers in opposite directions on two replicas neither deadlock nor lose a unit',
  async (t) => {
    const gateway = await startTestGateway(t);
    const other = await startTestGateway(t, { database: gateway.testDatabase, simulator: gateway.simulator });
    const a = await gateway.createKey({ balance: '1' });
    const b = await gateway.createKey({ balance: '1' });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => {
        const [from_key_id, to_key_id] = index % 2 === 0 ? [a.id, b.id] : [b.id, a.id];
        const replica = index % 3 === 0 ? other : gateway;
        return move(replica, 'transfer', {
          from_key_id,
          to_key_id,
          amount: index % 2 === 0 ? '0.03' : '0.02',
        });
      }),
    );
    t.same(
      answers.filter(({ status }) => status !== 200).map(({ body }) => body),
      [],
    );
    t.equal(await balanceOf(gateway, a.id), '0.9000000000');
    t.equal(await balanceOf(gateway, b.id), '1.1000000000');
    t.equal(await gateway.auditFaults(), 0);
  },
);

t.test(
  'a repeated Idempotency-Key moves nothing and answers as the first time; for another request it is 409',
  async (t) => {
    const gateway = await startTestGateway(t);
    const other = await startTestGateway(t, { database: gateway.testDatabase, simulator: gateway.simulator });
    const { id: key_id } = await gateway.createKey({ month_quota: '0', balance: '1' });
    const { id: to_key_id } = await gateway.createKey();
    const thread_id = await charged(gateway, key_id, 10_000);
    const requests: [Verb, object, object][] = [
      ['adjust', { key_id, amount: '0.5' }, { key_id, amount: '0.6' }],
      ['refund', { thread_id, amount: '0.001' }, { thread_id }],
      [
        'transfer',
        { from_key_id: key_id, to_key_id, amount: '0.1' },
        { from_key_id: to_key_id, to_key_id: key_id, amount: '0.1' },
      ],
    ];
    for (const [verb, body, another] of requests) {
      const first = await move(gateway, verb, body, `${verb}-1`);
      t.equal(first.status, 200, verb);
      await move(gateway, 'adjust', { key_id, amount: '1' });
      const crowd = await Promise.all(
        [gateway, other, gateway].map((one) => move(one, verb, body, `${verb}-1`)),
      );
      for (const again of crowd) t.same(again.body, first.body, verb);
      for (const [what, asked] of [
        ['another amount or thread', another],
        ['another reason', { ...body, reason: 'another' }],
      ] as const) {
        const conflict = await move(gateway, verb, asked, `${verb}-1`);
        t.match(
          [conflict.status, conflict.body.error],
          [409, { code: 'IDEMPOTENCY_CONFLICT' }],
          `${verb}: ${what}`,
        );
      }
      t.equal((await move(gateway, verb, body, 'not valid')).body.error.code, 'IDEMPOTENCY_KEY_INVALID');
    }
    const conflict = await move(gateway, 'refund', { thread_id, amount: '0.001' }, 'adjust-1');
    t.equal(conflict.status, 409, 'a key of one route is not good for another');
    // 1 - 0.01 + 0.5 + 0.001 - 0.1, and three times 1.
    t.equal(await balanceOf(gateway, key_id), '4.3910000000');
    t.equal(await balanceOf(gateway, to_key_id), '0.1000000000');
    t.equal((await audited(gateway)).length, 6, 'a repeat is not on record');
    // What failed is not kept: it may be tried again when it can succeed.
    const late = { from_key_id: to_key_id, to_key_id: key_id, amount: '2' };
    t.equal((await move(gateway, 'transfer', late, 'late')).status, 409);
    await move(gateway, 'adjust', { key_id: to_key_id, amount: '5' });
    t.equal((await move(gateway, 'transfer', late, 'late')).status, 200);
    t.equal(await gateway.auditFaults(), 0);
  },
);

t.test('what cannot be moved is refused, naming the field, and nothing is written', async (t) => {
  const gateway = await startTestGateway(t);
  const { id: key_id } = await gateway.createKey({ balance: '100000000' });
  const { id: to_key_id } = await gateway.createKey({ balance: '1' });
  const ends = { from_key_id: to_key_id, to_key_id: key_id };
  const refused: [Verb, object, number, string, string | null][] = [
    ['adjust', { key_id, amount: '0.0000000001' }, 400, 'BALANCE_OUT_OF_RANGE', 'balance'],
    ['adjust', { key_id, amount: 0 }, 400, 'MONEY_AMOUNT_INVALID', 'amount'],
    ['adjust', { key_id, amount: 'x' }, 400, 'MONEY_AMOUNT_INVALID', 'amount'],
    ['adjust', { key_id, amount: '100000001' }, 400, 'MONEY_AMOUNT_INVALID', 'amount'],
    ['adjust', { key_id: 4711, amount: 1 }, 404, 'WALLET_UNKNOWN', 'key_id'],
    ['adjust', { key_id, amount: 1, reason: ' ' }, 400, 'INVALID_REQUEST', 'reason'],
    ['adjust', { key_id }, 400, 'INVALID_REQUEST', 'amount'],
    ['refund', { thread_id: 4711 }, 404, 'EXCHANGE_UNKNOWN', null],
    ['refund', { thread_id: 4711, amount: -1 }, 400, 'MONEY_AMOUNT_INVALID', 'amount'],
    ['refund', {}, 400, 'INVALID_REQUEST', 'thread_id'],
    ['transfer', { ...ends, amount: '0.0000000001' }, 400, 'BALANCE_OUT_OF_RANGE', 'balance'],
    ['transfer', { ...ends, amount: 0 }, 400, 'MONEY_AMOUNT_INVALID', 'amount'],
    ['transfer', { ...ends, amount: -1 }, 400, 'MONEY_AMOUNT_INVALID', 'amount'],
    ['transfer', { ...ends, amount: 2 }, 409, 'BALANCE_TOO_SMALL', 'amount'],
    ['transfer', { ...ends, to_key_id, amount: 1 }, 400, 'MONEY_AMOUNT_INVALID', 'to_key_id'],
    ['transfer', { ...ends, to_key_id: 4711, amount: 1 }, 404, 'WALLET_UNKNOWN', 'to_key_id'],
    ['transfer', { ...ends, from_key_id: 4711, amount: 1 }, 404, 'WALLET_UNKNOWN', 'from_key_id'],
    ['transfer', { ...ends, amount: 1, note: '' }, 400, 'INVALID_REQUEST', 'note'],
  ];
  for (const [verb, body, status, code, param] of refused) {
    const answer = await move(gateway, verb, body);
    t.match([answer.status, answer.body.error], [status, { code, param }], `${verb} ${JSON.stringify(body)}`);
  }
  const user = await gateway.createKey();
  for (const verb of ['adjust', 'refund', 'transfer'] as const) {
    const body = { reason: 'mine' };
    t.equal((await gateway.api('POST', `/admin/ledger/${verb}`, { body })).status, 401);
    t.equal((await gateway.api('POST', `/admin/ledger/${verb}`, { body, key: user.secret })).status, 403);
  }
  t.same(await audited(gateway), []);
  const entries = await gateway.database.sql`select from ledger where kind <> 'recharge'`;
  t.equal(entries.length, 0);
  t.equal(await gateway.auditFaults(), 0);
});

t.test(
  'prepaid money lapses once, as far as it is left, and spares what requests under way hold',
  async (t) => {
    const gateway = await startTestGateway(t);
    const other = await startTestGateway(t, { database: gateway.testDatabase, simulator: gateway.simulator });
    const { sql } = gateway.database;
    const { id } = await gateway.createKey({ month_quota: '0' });
    const pay = async (balance: string, days: number | null) => {
      await gateway.admin('POST', '/admin/api-key/recharge', { id, balance });
      await sql`update payment set expires_at = now() + ${days}::int * interval '1 day'
      where id = (select max(id) from payment)`;
    };
    await pay('0.05', null);
    await pay('0.02', 1);
    await pay('0.03', -1);
    await charged(gateway, id, 10_000);
    // 0.09 left: 0.07 lasts longer, 0.02 has lapsed; 0.08 is held.
    const hold = await held(gateway, id, 80_000);
    await Promise.all([gateway.app.billing.lapse(), other.app.billing.lapse()]);
    t.equal(await balanceOf(gateway, id), '0.0800000000', 'what is held is spared');
    await gateway.app.billing.settle(reported(hold, 80_000));
    await gateway.app.billing.lapse();
    t.equal(await balanceOf(gateway, id), '0.0000000000');
    const entries = await sql`
    select balance_change::text as change, actor, reason from ledger where kind = 'expiry'`;
    t.match(entries, [{ change: '-100000000', actor: 'gateway', reason: /^payment 3 has lapsed$/ }]);
    const lapsed = await sql`select id::int, expired_amount::text as amount from payment order by id`;
    t.same(lapsed, [
      { id: 1, amount: null },
      { id: 2, amount: null },
      { id: 3, amount: '100000000' },
    ]);
    t.equal(await gateway.auditFaults(), 0);
  },
);

t.test('money that was given without an end does not lapse with a payment', async (t) => {
  const gateway = await startTestGateway(t);
  const giver = await gateway.createKey({ balance: '1' });
  const { id } = await gateway.createKey({ month_quota: '0', balance: '0.01' });
  await gateway.database.sql`update payment set expires_at = now() - interval '1 day' where key_id = ${id}`;
  await move(gateway, 'transfer', { from_key_id: giver.id, to_key_id: id, amount: '0.02' });
  await move(gateway, 'adjust', { key_id: id, amount: '0.03' });
  // Spends the prepaid 0.01 first, then 0.005 of what lasts.
  await charged(gateway, id, 15_000);
  await gateway.app.billing.lapse();
  t.equal(await balanceOf(gateway, id), '0.0450000000');
  t.equal(await gateway.auditFaults(), 0);
});
