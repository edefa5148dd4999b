// The proof that the books are right: every sum that is kept is compared, in one snapshot, with the rows it sums.
import type { Database } from '../../../db/client.ts';

export interface Invariant {
  /** What must hold, in a word. */
  name: InvariantName;
  /** Rows compared. */
  checked: number;
  /** Rows where the two sides differ. */
  wrong: number;
  /** Both sides summed over all rows, 10^-10 USD as decimal digits. */
  kept: string;
  summed: string;
  /** The first few that differ, e.g. `key:12`. */
  examples: string[];
}

/**
 * - `balances`: wallet.balance = sum of the ledger's balance changes
 * - `quotas`: quota_period.used = sum of the ledger's quota changes of the month
 * - `holds`, `group_holds`: held = sum of the open holds
 * - `totals`, `group_totals`: total_fee = sum of the ledger's spending
 * - `exchanges`: usage.fee + correction = sum of the exchange's ledger entries
 * - `budgets`: budget_period.used = sum of the ledger's spending in its window
 * - `payments`: what recharges, expiries and transfers moved = their ledger entries; transfers cancel out
 */
export type InvariantName =
  | 'balances'
  | 'quotas'
  | 'holds'
  | 'group_holds'
  | 'totals'
  | 'group_totals'
  | 'exchanges'
  | 'budgets'
  | 'payments';

export interface LedgerAudit {
  ok: boolean;
  checkedAt: Date;
  invariants: Invariant[];
}

export function createAuditRepository({ sql }: { sql: Database['sql'] }) {
  return {
    async audit(): Promise<LedgerAudit> {
      const rows = await sql<(Omit<Invariant, 'examples'> & { examples: string[] | null; at: string })[]>`
        with spending as materialized (
          select key_id, group_id, day, month, exchange_id, quota_change - balance_change as amount, quota_change
          from ledger where kind = 'usage' or (kind in ('refund', 'adjustment') and exchange_id is not null)
        ), by_day as materialized (
          select key_id, group_id, day, sum(amount) as amount from spending group by key_id, group_id, day
        ), in_window as materialized (
          select b.id, budget_starts_on(b."window", d.day) as starts_on, sum(d.amount) as amount
          from budget b join by_day d on d.key_id = b.key_id or d.group_id = b.group_id
          group by 1, 2
        ), pair as (
          select 'balances' as name, 'key:' || key_id as what, coalesce(w.balance, 0) as kept, coalesce(l.amount, 0) as summed
          from wallet w full join (
            select key_id, sum(balance_change) as amount from ledger group by key_id) l using (key_id)
          union all
          select 'quotas', 'key:' || key_id || ' ' || month, coalesce(p.used, 0), coalesce(s.amount, 0)
          from quota_period p full join (
            select key_id, month, sum(quota_change) as amount from spending group by key_id, month) s using (key_id, month)
          union all
          select 'holds', 'key:' || key_id, coalesce(w.held, 0), coalesce(h.amount, 0)
          from wallet w full join (select key_id, sum(amount) as amount from hold group by key_id) h using (key_id)
          union all
          select 'group_holds', 'group:' || group_id, coalesce(g.held, 0), coalesce(h.amount, 0)
          from group_wallet g full join (
            select group_id, sum(amount) as amount from hold where group_id is not null group by group_id) h using (group_id)
          union all
          select 'totals', 'key:' || key_id, coalesce(w.total_fee, 0), coalesce(s.amount, 0)
          from wallet w full join (select key_id, sum(amount) as amount from spending group by key_id) s using (key_id)
          union all
          select 'group_totals', 'group:' || group_id, coalesce(g.total_fee, 0), coalesce(s.amount, 0)
          from group_wallet g full join (
            select group_id, sum(amount) as amount from spending where group_id is not null group by group_id) s using (group_id)
          union all
          select 'exchanges', 'exchange:' || exchange_id, coalesce(u.fee + u.correction, 0), coalesce(s.amount, 0)
          from usage u full join (
            select exchange_id, sum(amount) as amount from spending group by exchange_id) s using (exchange_id)
          union all
          select 'budgets', 'budget:' || b.id || ' ' || b.starts_on, b.used, coalesce(s.amount, 0)
          from (select b.id, p.starts_on, p.used from budget_period p join budget b on b.id = p.budget_id) b
          left join in_window s using (id, starts_on)
          union all
          select 'payments', 'payment:' || p.id, p.amount, l.balance_change
          from payment p join ledger l on l.id = p.ledger_id
          union all
          select 'payments', 'transfers', 0, coalesce(sum(balance_change), 0) from ledger where kind = 'transfer'
        )
        select name, count(*)::int as checked, (count(*) filter (where kept <> summed))::int as wrong,
          sum(kept)::text as kept, sum(summed)::text as summed,
          (array_agg(what order by what) filter (where kept <> summed))[1:5] as examples, now()::text as at
        from pair group by name order by name`;
      const invariants = rows.map(({ at: _at, examples, ...row }) => ({ ...row, examples: examples ?? [] }));
      return {
        ok: invariants.every(({ wrong }) => wrong === 0),
        checkedAt: new Date(rows[0]?.at ?? Date.now()),
        invariants,
      };
    },
  };
}

export type LedgerAuditRepository = ReturnType<typeof createAuditRepository>;
