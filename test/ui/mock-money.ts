// The mock gateway's budgets, movements, audit log and the proof of its ledger.
import type { AuditLogRow } from '../../src/plugins/audit-log/schemas.ts';
import type { BudgetRow } from '../../src/plugins/billing/budgets/schemas.ts';
import type { Asked } from './mock-routes.ts';

type Listed = <Row extends object>(rows: readonly Row[], asked: Asked, text: (row: Row) => string) => unknown;

const HOUR_MS = 3_600_000;
const ago = (hours: number) => new Date(Date.now() - hours * HOUR_MS).toISOString();

export function createMockMoney(listed: Listed): Record<string, (asked: Asked) => unknown> {
  const budgets: BudgetRow[] = [
    {
      id: 1,
      key_id: 3,
      group_id: null,
      window: 'day',
      limit: '5.0000000000',
      used: '4.3120000000',
      held: '0.0450000000',
      starts_on: '2026-11-25',
      updated_at: ago(3),
    },
  ];
  const log: AuditLogRow[] = [
    {
      id: 2,
      actor: 'bootstrap',
      action: 'key.update',
      target: 'key:3',
      before: { month_quota: '20.0000000000', role: 'user' },
      after: { month_quota: '50.0000000000', role: 'admin' },
      request_id: 'r2',
      created_at: ago(1),
    },
    {
      id: 1,
      actor: 'key:3',
      action: 'budget.create',
      target: 'key:3',
      before: null,
      after: { window: 'day', limit: '5.0000000000' },
      request_id: 'r1',
      created_at: ago(3),
    },
  ];
  const isOf = (asked: Asked) => (row: BudgetRow) =>
    String(row.key_id) === asked.query.get('key_id') || String(row.group_id) === asked.query.get('group_id');
  return {
    'GET /admin/budget/list': (asked) => listed(budgets.filter(isOf(asked)), asked, (row) => row.window),
    'POST /admin/budget/set': ({ body }) => {
      const { key_id = null, group_id = null, window, limit } = body as Partial<BudgetRow>;
      const row = {
        ...{ id: budgets.length + 1, key_id, group_id, window, limit: `${limit}.0000000000` },
        ...{ used: '0.0000000000', held: '0.0000000000', starts_on: '2026-11-01', updated_at: ago(0) },
      } as BudgetRow; // the console is what is tested
      budgets.push(row);
      return row;
    },
    'POST /admin/budget/delete': ({ body }) => {
      budgets.splice(
        budgets.findIndex(({ id }) => id === body.id),
        1,
      );
      return null;
    },
    'POST /admin/ledger/adjust': ({ body }) => ({ balance: `${Number(body.amount) + 20}.0000000000` }),
    'POST /admin/ledger/transfer': () => ({ from_balance: '1.0000000000', to_balance: '2.0000000000' }),
    'POST /admin/ledger/refund': ({ body }) => ({ amount: body.amount }),
    'GET /admin/ledger/audit': () => ({
      ok: true,
      checked_at: ago(0),
      invariants: [
        {
          name: 'balances',
          checked: 12,
          wrong: 0,
          kept: '1.0000000000',
          summed: '1.0000000000',
          examples: [],
        },
      ],
    }),
    'GET /admin/audit-log/list': (asked) =>
      listed(log, asked, (row) => row.action + JSON.stringify([row.before, row.after])),
  };
}
