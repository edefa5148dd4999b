// Does the database agree with the model? Compared to the last unit.

import type { Real } from './money-commands.ts';
import type { MoneyModel } from './money-model.ts';
import { DAYS_PER_MONTH, monthOf, type Owner } from './money-model.ts';

export function equal(found: unknown, expected: unknown, what: string, more?: unknown): void {
  const show = (value: unknown) =>
    JSON.stringify(value, (_name, one: unknown) => (typeof one === 'bigint' ? String(one) : one));
  if (show(found) === show(expected)) return;
  const rest = more === undefined ? '' : ` (${show(more)})`;
  throw new Error(`${what}: found ${show(found)}, expected ${show(expected)}${rest}`);
}

export async function agree(model: MoneyModel, { replicas, keyIds, groupIds }: Real): Promise<void> {
  const [{ database, app }] = replicas;
  const { sql } = database;
  const wallets = await sql<Record<'balance' | 'held' | 'fee', string>[]>`
    select balance::text, held::text, total_fee::text as fee from wallet where key_id = any(${keyIds}) order by key_id`;
  equal(
    wallets,
    keyIds.map((_, key) => ({
      balance: String(model.key(key).balance),
      held: String(model.held({ key })),
      fee: String(model.totalFee({ key })),
    })),
    'the wallets',
  );
  const groups = await sql`
    select held::text, total_fee::text as fee from group_wallet where group_id = any(${groupIds}) order by group_id`;
  equal(
    groups,
    groupIds.map((_, group) => ({
      held: String(model.held({ group })),
      fee: String(model.totalFee({ group })),
    })),
    "the groups' wallets",
  );
  const periods = await sql<{ key: number; month: number; used: string; limit: string }[]>`
    select key_id::int as key, ((extract(year from month) - 2026) * 12 + extract(month from month) - 1)::int as month,
      used::text, quota_limit::text as limit
    from quota_period where key_id = any(${keyIds}) order by key_id, month`;
  for (const { key: id, month, used, limit } of periods) {
    const key = keyIds.indexOf(id);
    const expected = [String(model.quotaUsed(key, month)), String(model.key(key).limits.get(month))];
    equal([used, limit], expected, `the quota of key ${key} in month ${month}`);
  }
  await agreeOnBudgets(model, sql, { keyIds, groupIds });
  const audit = await app.billing.audit();
  equal(
    audit.ok,
    true,
    'the audit',
    audit.invariants.filter(({ wrong }) => wrong > 0),
  );
}

async function agreeOnBudgets(
  model: MoneyModel,
  sql: Real['replicas'][0]['database']['sql'],
  { keyIds, groupIds }: Pick<Real, 'keyIds' | 'groupIds'>,
): Promise<void> {
  const rows = await sql<
    { key: number | null; group: number | null; window: string; limit: string; used: string }[]
  >`
    select b.key_id::int as key, b.group_id::int as group, b."window", b.limit_amount::text as limit,
      coalesce(p.used, 0)::text as used
    from budget b left join budget_period p on p.budget_id = b.id and p.starts_on = budget_starts_on(b."window")
    where b.key_id = any(${keyIds}) or b.group_id = any(${groupIds})`;
  const found = rows.map(({ key, group, ...row }) => {
    const owner: Owner =
      key === null ? { group: groupIds.indexOf(group ?? 0) } : { key: keyIds.indexOf(key) };
    return JSON.stringify({ owner, ...row });
  });
  const expected = model.budgets.map((budget) =>
    JSON.stringify({
      owner: budget.owner,
      window: budget.window,
      limit: String(budget.limit),
      used: String(model.budgetUsed(budget)),
    }),
  );
  const where = `the budgets on day ${model.day % DAYS_PER_MONTH} of month ${monthOf(model.day)}`;
  equal(found.sort(), expected.sort(), where);
}
