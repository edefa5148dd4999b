// The proof of the books: it holds after real traffic, and finds every single sum that is made wrong.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import t from 'tap';
import { ADMIN_API_KEY, startTestGateway, type TestGateway } from '../../helpers/gateway.ts';

/** A gateway whose books have something in every corner. */
async function busyGateway(t: Parameters<typeof startTestGateway>[0]) {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey({ month_quota: '0.0000010000', balance: '5', group_id: 1 });
  for (const owner of [{ key_id: key.id }, { group_id: 1 }])
    for (const window of ['day', 'month', 'total'])
      await gateway.admin('POST', '/admin/budget/set', { ...owner, window, limit: '3' });
  await gateway.chat(key);
  await gateway.chat(key);
  await gateway.recorded(2);
  return { gateway, key };
}

async function audit(gateway: TestGateway) {
  const { status, body } = await gateway.admin('GET', '/admin/ledger/audit');
  return { status, ...body.data };
}

t.test('after real traffic every invariant holds, with figures', async (t) => {
  const { gateway } = await busyGateway(t);
  const { status, ok, checked_at, invariants } = await audit(gateway);
  t.equal(status, 200);
  t.equal(ok, true);
  t.match(checked_at, /^\d{4}-.*Z$/);
  const names = invariants.map(({ name }: { name: string }) => name);
  t.same(names, [
    'balances',
    'budgets',
    'exchanges',
    'group_holds',
    'group_totals',
    'holds',
    'payments',
    'quotas',
    'totals',
  ]);
  for (const { name, checked, wrong, kept, summed } of invariants) {
    t.equal(wrong, 0, name);
    t.ok(checked > 0, `${name} has compared something`);
    t.equal(kept, summed, name);
  }
});

/** Each makes one kept sum wrong. */
const FAULTS: Record<string, { statement: string; example: RegExp }> = {
  balances: { statement: 'update wallet set balance = balance + 1', example: /^key:1$/ },
  quotas: { statement: 'update quota_period set used = used + 1', example: /^key:1 \d{4}-\d\d-01$/ },
  holds: { statement: 'update wallet set held = held + 1', example: /^key:1$/ },
  group_holds: { statement: 'update group_wallet set held = held + 1', example: /^group:1$/ },
  totals: { statement: 'update wallet set total_fee = total_fee - 1', example: /^key:1$/ },
  group_totals: { statement: 'update group_wallet set total_fee = total_fee - 1', example: /^group:1$/ },
  exchanges: { statement: 'update usage set fee = fee + 1 where id = 1', example: /^exchange:/ },
  budgets: {
    statement: 'update budget_period set used = used + 1 where budget_id = 4',
    example: /^budget:4 /,
  },
  payments: { statement: 'update payment set amount = amount + 1', example: /^payment:1$/ },
};

t.test('every sum that is made wrong is found, named, and nothing else', async (t) => {
  const { gateway } = await busyGateway(t);
  for (const [name, { statement, example }] of Object.entries(FAULTS)) {
    await gateway.database.sql.unsafe(statement);
    const { ok, invariants } = await audit(gateway);
    t.equal(ok, false, name);
    const wrong = invariants.filter((one: { wrong: number }) => one.wrong > 0);
    t.same(
      wrong.map((one: { name: string }) => one.name),
      [name],
    );
    t.match(wrong[0].examples[0], example);
    await gateway.database.sql.unsafe(undo(statement));
  }
  t.equal((await audit(gateway)).ok, true);
});

function undo(statement: string): string {
  return statement.replace(/ ([+-]) 1/, (_, sign) => (sign === '+' ? ' - 1' : ' + 1'));
}

t.test('the command says the same, and its exit code tells', async (t) => {
  const { gateway } = await busyGateway(t);
  const isSource = import.meta.url.endsWith('.ts');
  const file = new URL(`../../../src/audit-command.${isSource ? 'ts' : 'js'}`, import.meta.url).pathname;
  const run = () =>
    promisify(execFile)(process.execPath, [...(isSource ? ['--import', 'tsx'] : []), file], {
      env: { ...process.env, NODE_OPTIONS: '', ADMIN_API_KEY, ...gateway.testDatabase.environment },
    });
  t.match((await run()).stdout, /ok {4}balances .*\n[\s\S]*The ledger adds up\.\n$/);
  await gateway.database.sql`update wallet set balance = balance + 1`;
  const failed = await run().catch((error: { code: number; stdout: string }) => error);
  t.match(failed, { code: 1, stdout: /WRONG balances +1 checked, 1 wrong, .*: key:1\n/ });
});

t.test('only administrators may ask', async (t) => {
  const { gateway, key } = await busyGateway(t);
  t.equal((await gateway.api('GET', '/admin/ledger/audit')).status, 401);
  t.equal((await gateway.api('GET', '/admin/ledger/audit', { key: key.secret })).status, 403);
});
