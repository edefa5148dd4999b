// What may happen to money, as commands that do it to the gateway and to the model and then compare the two.
import fc from 'fast-check';
import { formatMoney } from '../../../src/lib/money.ts';
import type { Hold } from '../../../src/plugins/billing/index.ts';
import { eventually } from '../../helpers/eventually.ts';
import type { TestGateway } from '../../helpers/gateway.ts';
import { flatPrice, holdRequest, reported } from './admissions.ts';
import { agree, equal } from './money-agreement.ts';
import {
  DAYS_PER_MONTH,
  exactFee,
  type MoneyModel,
  monthOf,
  type Owner,
  type Window,
} from './money-model.ts';

export interface Real {
  /** Two processes on one database; the second one may be replaced. */
  replicas: [TestGateway, TestGateway];
  restart(gateway: TestGateway): Promise<TestGateway>;
  keyIds: number[];
  groupIds: number[];
  /** Everything ever held, with the replica that holds it. */
  holds: Map<string, { hold: Hold; replica: number }>;
  paymentIds: number[][];
}

type Command = fc.AsyncCommand<MoneyModel, Real>;
type Step = (model: MoneyModel, real: Real) => Promise<unknown>;

function step(label: string, run: Step, check: (model: MoneyModel) => boolean = () => true): Command {
  return {
    check: (model) => check(model),
    toString: () => label,
    async run(model, real) {
      await run(model, real);
      await agree(model, real);
    },
  };
}

function pick<T>(items: readonly T[], index: number): T {
  const item = items[index % items.length];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

const openId = (model: MoneyModel, index: number) => pick([...model.holds.keys()], index);
const idOf = (ids: readonly number[], index: number) => pick(ids, index);
const hasHolds = (model: MoneyModel) => model.holds.size > 0;
const hasCharges = (model: MoneyModel) => model.charges.size > 0;
const ownerBody = ({ keyIds, groupIds }: Real, owner: Owner) =>
  'key' in owner ? { key_id: idOf(keyIds, owner.key) } : { group_id: idOf(groupIds, owner.group) };
const at = (real: Real, replica: number) => pick(real.replicas, replica);

const key = fc.nat(2);
const group = fc.constantFrom(null, 0, 1);
const replica = fc.nat(1);
const which = fc.nat(1_000);
/** Up to 0.02 USD; a request costs up to about 0.01. */
const amount = fc.bigInt({ min: 1n, max: 200_000_000n });
const owner: fc.Arbitrary<Owner> = fc.oneof(
  key.map((k) => ({ key: k })),
  fc.nat(1).map((g) => ({ group: g })),
);
const window: fc.Arbitrary<Window> = fc.constantFrom('day', 'month', 'total');
const rate = fc.oneof(fc.constant(10_000_000_000n), fc.bigInt({ min: 1n, max: 30_000_000_000n }));

const hold = fc
  .record({ key, group, replica, input: fc.nat(4_000), output: fc.nat(1_000), prices: fc.tuple(rate, rate) })
  .map((row) =>
    step(`hold(${JSON.stringify(row, digits)})`, async (model, real) => {
      const [input, output] = row.prices;
      const cost = exactFee([row.input, input], [row.output, output]);
      const wanted = holdRequest({
        keyId: idOf(real.keyIds, row.key),
        groupId: row.group === null ? null : idOf(real.groupIds, row.group),
        price: flatPrice(input, output),
        inputTokens: row.input,
        outputTokens: row.output,
      });
      const { exchangeId } = wanted;
      const terms = {
        amount: cost > 0n ? cost : 1n,
        inputTokens: row.input,
        inputRate: input,
        outputRate: output,
      };
      const verdict = model.hold(exchangeId, { key: row.key, group: row.group, ...terms });
      const decision = await at(real, row.replica).app.billing.admit(wanted);
      equal(decision.kind, verdict.held ? 'held' : 'refused', 'the decision', { verdict, decision });
      if (decision.kind === 'held') {
        real.holds.set(exchangeId, { hold: decision.hold, replica: row.replica });
        equal(decision.hold.amount, terms.amount, 'the amount held');
      } else if (!verdict.held) {
        equal(decision.available, verdict.available, 'what is available');
        if (!verdict.limits.includes(decision.limit))
          equal(decision.limit, verdict.limits.join('|'), 'the limit');
      }
    }),
  );

/** Its end, as its process tells it: the share of the tokens that was used, in per cent. */
const used = fc.record({ input: fc.nat(150), output: fc.nat(120) });

function endOf(real: Real, id: string, share: { input: number; output: number }) {
  const known = real.holds.get(id);
  if (known === undefined) throw new Error('never held');
  const [price] = known.hold.price;
  const inputTokens = Math.floor((known.hold.inputTokensBound * share.input) / 100);
  const outputTokens = Math.floor((known.hold.maxOutputTokens * share.output) / 100);
  const fee = exactFee([inputTokens, price.input], [outputTokens, price.output]);
  return { fee, settlement: reported(known.hold, inputTokens, outputTokens) };
}

const settle = fc
  .record({ which, used, replicas: fc.constantFrom([0], [1], [0, 0], [0, 1], [1, 1, 0]) })
  .map((row) =>
    step(
      `settle(${JSON.stringify(row)})`,
      async (model, real) => {
        const id = openId(model, row.which);
        const { fee, settlement } = endOf(real, id, row.used);
        model.settle(id, fee);
        await Promise.all(row.replicas.map((one) => at(real, one).app.billing.settle(settlement)));
      },
      hasHolds,
    ),
  );

const release = fc.record({ which, replicas: fc.constantFrom([0], [1], [0, 0], [0, 1]) }).map((row) =>
  step(
    `release(${JSON.stringify(row)})`,
    async (model, real) => {
      const id = openId(model, row.which);
      const known = real.holds.get(id);
      model.release(id);
      await Promise.all(row.replicas.map((one) => known && at(real, one).app.billing.release(known.hold)));
    },
    hasHolds,
  ),
);

/** Told again, or late by a process that was thought dead. */
const tellLate = fc
  .record({ which, used, replica, abandoned: fc.boolean(), isVoid: fc.boolean() })
  .map((row) =>
    step(
      `tellLate(${JSON.stringify(row)})`,
      async (model, real) => {
        const ids = row.abandoned && model.abandoned.length > 0 ? model.abandoned : [...model.charges.keys()];
        const id = pick(ids, row.which);
        const { fee, settlement } = endOf(real, id, row.used);
        const { billing } = at(real, row.replica).app;
        model.settle(id, row.isVoid ? 0n : fee);
        await (row.isVoid ? billing.release(settlement.hold) : billing.settle(settlement));
      },
      hasCharges,
    ),
  );

const progress = fc.record({ which, bytes: fc.nat(8_000) }).map((row) =>
  step(
    `progress(${JSON.stringify(row)})`,
    async (model, real) => {
      const id = openId(model, row.which);
      const known = model.holds.get(id);
      if (known !== undefined) known.answerBytes = row.bytes;
      await at(real, 0).app.billing.noteProgress([{ exchangeId: id, answerBytes: row.bytes }]);
    },
    hasHolds,
  ),
);

async function untilReaped(real: Real, ids: readonly string[]): Promise<void> {
  const [{ app, database }] = real.replicas;
  await eventually(async () => {
    await app.billing.reap();
    const open = await database.sql`select from hold where exchange_id = any(${ids}::uuid[])`;
    return open.length === 0;
  });
}

/** The process of one hold is no more: as if another owner, whose lease is gone, had placed it. */
const kill = which.map((index) =>
  step(
    `kill(${index})`,
    async (model, real) => {
      const id = openId(model, index);
      model.abandon(id);
      await at(real, 0).database.sql`update hold set owner = gen_random_uuid() where exchange_id = ${id}`;
      await untilReaped(real, [id]);
    },
    hasHolds,
  ),
);

/** The second process dies with all it holds; another one takes its place. */
const restart = fc.constant(
  step('restart()', async (model, real) => {
    const lost = [...model.holds.keys()].filter((id) => real.holds.get(id)?.replica === 1);
    await real.replicas[1].app.close();
    for (const id of lost) model.abandon(id);
    await untilReaped(real, lost);
    real.replicas[1] = await real.restart(real.replicas[0]);
  }),
);

const recharge = fc.record({ key, amount, replica }).map((row) =>
  step(`recharge(${JSON.stringify(row, digits)})`, async (model, real) => {
    model.recharge(row.key, row.amount);
    const gateway = at(real, row.replica);
    const id = idOf(real.keyIds, row.key);
    await post(gateway, '/admin/api-key/recharge', { id, balance: formatMoney(row.amount) });
    const [payment] = await gateway.database.sql`select max(id)::int as id from payment where key_id = ${id}`;
    real.paymentIds[row.key]?.push(payment?.id);
  }),
);

const adjust = fc
  .record({ key, replica, amount: fc.bigInt({ min: -200_000_000n, max: 200_000_000n }) })
  .map((row) =>
    step(`adjust(${JSON.stringify(row, digits)})`, async (model, real) => {
      if (row.amount === 0n) return;
      model.adjust(row.key, row.amount);
      const body = {
        key_id: idOf(real.keyIds, row.key),
        amount: formatMoney(row.amount),
        reason: 'property',
      };
      await post(at(real, row.replica), '/admin/ledger/adjust', body);
    }),
  );

const refund = fc.record({ which, replica, amount: fc.option(amount) }).map((row) =>
  step(
    `refund(${JSON.stringify(row, digits)})`,
    async (model, real) => {
      const gateway = at(real, row.replica);
      const id = pick([...model.charges.keys()], row.which);
      const back = row.amount ?? model.charges.get(id)?.fee ?? 0n;
      const isDone = model.correct(id, -back);
      const [thread] = await gateway.database.sql`select id::int from usage where exchange_id = ${id}`;
      const body = {
        thread_id: thread?.id,
        ...(row.amount && { amount: formatMoney(back) }),
        reason: 'property',
      };
      await post(gateway, '/admin/ledger/refund', body, isDone ? 200 : 409);
    },
    hasCharges,
  ),
);

const correct = fc
  .record({ which, amount: fc.bigInt({ min: -100_000_000n, max: 100_000_000n }) })
  .map((row) =>
    step(
      `correct(${JSON.stringify(row, digits)})`,
      async (model, real) => {
        const { app, database } = at(real, 0);
        const exchangeId = pick([...model.charges.keys()], row.which);
        const isDone = model.correct(exchangeId, row.amount);
        const facts = { reason: 'property', reference: null, actor: 'gateway', requestId: 'property' };
        const correction = { exchangeId, amount: row.amount, kind: 'adjustment', ...facts } as const;
        const done = database.db.transaction((tx) => app.billing.correct(tx, correction));
        const result = await done.then(
          () => 'done',
          (error: { code?: string }) => error.code,
        );
        equal(result, isDone ? 'done' : 'CORRECTION_TOO_LARGE', 'the correction');
      },
      hasCharges,
    ),
  );

const transfer = fc.record({ from: key, step: fc.integer({ min: 1, max: 2 }), amount, replica }).map((row) =>
  step(`transfer(${JSON.stringify(row, digits)})`, async (model, real) => {
    const to = (row.from + row.step) % 3;
    const isDone = model.transfer(row.from, to, row.amount);
    const ends = { from_key_id: idOf(real.keyIds, row.from), to_key_id: idOf(real.keyIds, to) };
    const body = { ...ends, amount: formatMoney(row.amount), reason: 'property' };
    await post(at(real, row.replica), '/admin/ledger/transfer', body, isDone ? 200 : 409);
  }),
);

const paymentsOf = (model: MoneyModel, index: number) =>
  model.key(index).incomes.filter(({ isPayment }) => isPayment);

let expiries = 0;
/** A payment gets a last day; `days` 0: it was yesterday. */
const expire = fc.record({ key, which, days: fc.constantFrom(0, 0, 1, 2, 3) }).map((row) =>
  step(
    `expire(${JSON.stringify(row)})`,
    async (model, real) => {
      const payments = paymentsOf(model, row.key);
      const index = row.which % payments.length;
      const payment = pick(payments, index);
      const id = idOf(real.paymentIds[row.key] ?? [], index);
      const { app, database } = at(real, 0);
      if (payment.hasLapsed) return;
      expiries += 1;
      payment.expiresOn = row.days === 0 ? -1 : row.days + expiries / 1e9;
      await database.sql`update payment set expires_at = now() + ${row.days || -1} * interval '1 day' where id = ${id}`;
      if (row.days > 0) return;
      model.lapse(row.key, payment);
      await app.billing.lapse();
    },
    (model) => paymentsOf(model, row.key).length > 0,
  ),
);

const setBudget = fc
  .record({ owner, window, limit: fc.bigInt({ min: 0n, max: 300_000_000n }), replica })
  .map((row) =>
    step(`setBudget(${JSON.stringify(row, digits)})`, async (model, real) => {
      model.setBudget(row.owner, row.window, row.limit);
      const body = { ...ownerBody(real, row.owner), window: row.window, limit: formatMoney(row.limit) };
      await post(at(real, row.replica), '/admin/budget/set', body);
    }),
  );

const deleteBudget = which.map((index) =>
  step(
    `deleteBudget(${index})`,
    async (model, real) => {
      const budget = pick(model.budgets, index);
      const gateway = at(real, index);
      const [name, id] = Object.entries(ownerBody(real, budget.owner))[0] ?? [];
      const list = await gateway.admin('GET', `/admin/budget/list?${name}=${id}&limit=200`);
      const found = list.body.data.items.find((row: { window: string }) => row.window === budget.window);
      model.setBudget(budget.owner, budget.window, null);
      await post(gateway, '/admin/budget/delete', { id: found.id });
    },
    (model) => model.budgets.length > 0,
  ),
);

const setQuota = fc.record({ key, replica, quota: fc.bigInt({ min: 0n, max: 300_000_000n }) }).map((row) =>
  step(`setQuota(${JSON.stringify(row, digits)})`, async (model, real) => {
    model.setQuota(row.key, row.quota);
    const body = { id: idOf(real.keyIds, row.key), month_quota: formatMoney(row.quota) };
    await post(at(real, row.replica), '/admin/api-key/update', body);
  }),
);

const tick = fc.constantFrom('day', 'day', 'month').map((unit) =>
  step(`tick(${unit})`, async (model, real) => {
    model.day = unit === 'day' ? model.day + 1 : (monthOf(model.day) + 1) * DAYS_PER_MONTH;
    await setToday(at(real, 0), model.day);
  }),
);

/** A month of the model is 28 days: the first ones of a month of the calendar. */
export async function setToday({ database }: TestGateway, day: number): Promise<void> {
  const month = monthOf(day);
  await database.sql`update test_clock set today =
    make_date(2026 + ${Math.floor(month / 12)}::int, ${(month % 12) + 1}::int, ${(day % DAYS_PER_MONTH) + 1}::int)`;
}

async function post(gateway: TestGateway, path: string, body: object, status = 200): Promise<void> {
  const answer = await gateway.admin('POST', path, body);
  equal(answer.status, status, path, answer.body);
}

function digits(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

const often = (command: fc.Arbitrary<Command>, times: number) => Array.from({ length: times }, () => command);

export const moneyCommands: fc.Arbitrary<Iterable<Command>> = fc.commands(
  [
    ...often(hold, 9),
    ...often(settle, 5),
    ...often(setBudget, 3),
    ...often(tick, 2),
    ...often(tellLate, 2),
    ...[release, recharge, adjust, refund, correct, transfer, expire, deleteBudget, setQuota, progress, kill],
    restart,
  ],
  { maxCommands: 60, size: 'max' },
);
