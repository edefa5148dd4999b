// What the database says, read past the gateways, and the invariants of the ledger in SQL of our own: nothing here
// may call the product's audit, or both would be wrong together.
import type { connect } from '../../src/db/client.ts';

type Sql = ReturnType<typeof connect>;

/** One charged exchange. Amounts in 10^-10 USD. */
export interface UsageRow {
  requestId: string;
  exchangeId: string;
  keyId: number;
  status: string;
  usageSource: string;
  isQuarantined: boolean;
  fee: bigint;
  correction: bigint;
  holdAmount: bigint;
}

export interface Funds {
  keyId: number;
  balance: bigint;
  /** Used quota beyond this month's limit; 0 when there is none. */
  quotaExcess: bigint;
  /** Sum of what exchanges cost beyond their holds, and of what was charged after a hold had been let go. */
  allowedExcess: bigint;
  largestHold: bigint;
}

export interface Snapshot {
  /** Invariants that do not hold, each as one line. */
  faults: string[];
  openHolds: number;
  rows: number;
  funds: Funds[];
}

/** Each query names what is wrong; no row means that the invariant holds. */
const INVARIANTS: Readonly<Record<string, string>> = {
  'balance = sum of the ledger': `
    select w.key_id, w.balance::text as is, coalesce(sum(l.balance_change), 0)::text as should
    from wallet w left join ledger l using (key_id) group by w.key_id having w.balance <> coalesce(sum(l.balance_change), 0)`,
  'used quota = sum of the ledger': `
    select key_id, month, p.used::text as is, l.used::text as should
    from quota_period p full join (
      select key_id, month, sum(quota_change) as used from ledger where month is not null group by key_id, month
    ) l using (key_id, month) where coalesce(p.used, 0) <> coalesce(l.used, 0)`,
  'held = sum of open holds': `
    select key_id, w.held::text as is, h.held::text as should
    from wallet w full join (select key_id, sum(amount) as held from hold group by key_id) h using (key_id)
    where coalesce(w.held, 0) <> coalesce(h.held, 0)`,
  'held of a group = sum of its open holds': `
    select group_id, w.held::text as is, h.held::text as should
    from group_wallet w full join (
      select group_id, sum(amount) as held from hold where group_id is not null group by group_id
    ) h using (group_id) where coalesce(w.held, 0) <> coalesce(h.held, 0)`,
  'charged in total = sum of fees and corrections': `
    select key_id, w.total_fee::text as is, u.fee::text as should
    from wallet w left join (select key_id, sum(fee + correction) as fee from usage group by key_id) u using (key_id)
    where w.total_fee <> coalesce(u.fee, 0)`,
  'charged to a group in total = sum of fees and corrections': `
    select group_id, w.total_fee::text as is, u.fee::text as should
    from group_wallet w left join (select group_id, sum(fee + correction) as fee from usage group by group_id) u using (group_id)
    where w.total_fee <> coalesce(u.fee, 0)`,
  'used of a budget = sum of the ledger': `
    select b.id, p.used::text as is, l.used::text as should
    from budget b join budget_period p on p.budget_id = b.id left join (
      select group_id, sum(quota_change - balance_change) as used from ledger where exchange_id is not null group by group_id
    ) l using (group_id) where b."window" = 'total' and p.used <> coalesce(l.used, 0)`,
  'a budget is exceeded by no more than reports exceeded their holds': `
    select b.id, p.used::text as used, b.limit_amount::text as limit
    from budget b join budget_period p on p.budget_id = b.id left join (
      select group_id, sum(greatest(fee + correction - hold_amount, 0) + greatest(correction, 0)) as excess
      from usage group by group_id
    ) u using (group_id) where p.used > b.limit_amount + coalesce(u.excess, 0)`,
  'a fee = its ledger entry, a correction = its entries': `
    select exchange_id, u.fee::text as fee, u.correction::text as correction, l.fee::text as entered, l.correction::text as corrected
    from usage u full join (
      select exchange_id,
        coalesce(sum(quota_change - balance_change) filter (where kind = 'usage'), 0) as fee,
        coalesce(sum(quota_change - balance_change) filter (where kind <> 'usage'), 0) as correction
      from ledger where exchange_id is not null group by exchange_id
    ) l using (exchange_id)
    where coalesce(u.fee, 0) <> coalesce(l.fee, 0) or coalesce(u.correction, 0) <> coalesce(l.correction, 0)`,
  'an exchange is held or settled, never both': `
    select exchange_id from hold join usage using (exchange_id)`,
  'a request has one usage row': `
    select request_id, count(*)::int as rows from usage group by request_id having count(*) > 1`,
  'a payment = its ledger entry': `
    select p.id, p.amount::text as is, l.balance_change::text as should
    from payment p full join (select * from ledger where kind = 'recharge') l on l.id = p.ledger_id
    where p.amount is distinct from l.balance_change or p.key_id is distinct from l.key_id`,
};

const COUNTS = 'select (select count(*)::int from hold) as holds, (select count(*)::int from usage) as rows';
const FUNDS = `
  select w.key_id as "keyId", w.balance as "balance",
    (select coalesce(max(p.used - p.quota_limit), 0) from quota_period p
      where p.key_id = w.key_id and p.used > p.quota_limit) as "quotaExcess",
    coalesce(sum(greatest(u.fee + u.correction - u.hold_amount, 0) + greatest(u.correction, 0)), 0) as "allowedExcess",
    coalesce(max(u.hold_amount), 0) as "largestHold"
  from wallet w left join usage u using (key_id) group by w.key_id order by w.key_id`;

/**
 * All invariants on one snapshot. One message of several statements: postgres.js ends the process when the database
 * goes in the middle of one of its transactions (porsager/postgres#1154).
 */
export async function takeSnapshot(sql: Sql): Promise<Snapshot> {
  const begin = 'begin isolation level repeatable read read only';
  const queries = [begin, ...Object.values(INVARIANTS), COUNTS, FUNDS, 'commit'];
  // Several statements answer as a list of results.
  const results = (await sql.unsafe(queries.join(';\n')).simple()) as unknown as Record<string, string>[][];
  const [, ...answers] = results;
  const faults = Object.keys(INVARIANTS).flatMap((name, index) => {
    const wrong = answers[index] ?? [];
    return wrong.length === 0 ? [] : [`${name}: ${wrong.length} wrong, e.g. ${JSON.stringify(wrong[0])}`];
  });
  const [[counts] = [], funds = []] = answers.slice(Object.keys(INVARIANTS).length);
  return {
    faults,
    openHolds: Number(counts?.holds),
    rows: Number(counts?.rows),
    // The query above names exactly these columns.
    funds: funds.map((row) => toFunds(row as Record<keyof Funds, string>)),
  };
}

function toFunds(row: Record<keyof Funds, string>): Funds {
  return {
    keyId: Number(row.keyId),
    balance: BigInt(row.balance),
    quotaExcess: BigInt(row.quotaExcess),
    allowedExcess: BigInt(row.allowedExcess),
    largestHold: BigInt(row.largestHold),
  };
}

export async function readUsage(sql: Sql): Promise<UsageRow[]> {
  const rows = await sql`
    select request_id, exchange_id, key_id, status, usage_source, is_quarantined, fee, correction, hold_amount
    from usage order by id`;
  return rows.map((row) => ({
    requestId: row.request_id,
    exchangeId: row.exchange_id,
    keyId: Number(row.key_id),
    status: row.status,
    usageSource: row.usage_source,
    isQuarantined: row.is_quarantined,
    fee: BigInt(row.fee),
    correction: BigInt(row.correction),
    holdAmount: BigInt(row.hold_amount),
  }));
}

/** How often each recharge, by its reason, stands in the ledger. */
export async function readRecharges(sql: Sql): Promise<Map<string, number>> {
  const rows = await sql<{ reason: string; entries: number }[]>`
    select reason, count(*)::int as entries from ledger where kind = 'recharge' group by reason`;
  return new Map(rows.map(({ reason, entries }) => [reason, entries]));
}
