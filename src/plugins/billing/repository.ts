// The statements that move money. Each locks the wallets it touches first, in key order, so that batches cannot
// deadlock, and decides on the locked rows, never on what was read before (READ COMMITTED is enough for that).
import type { Database } from '../../db/client.ts';
import type { Money } from '../../lib/money.ts';
import type { ThreadStatus } from '../threads/index.ts';
import type { Charge } from './charge.ts';
import type { StoredBand } from './hold-facts.ts';

type Sql = Database['sql'];

export interface HoldRow {
  exchangeId: string;
  keyId: number;
  amount: Money;
  /** JSON that another replica can settle from. */
  facts: HoldFacts;
}

/** What the reaper knows of a request whose process has died. Money as decimal digits of 10^-10 USD. */
export interface HoldFacts {
  requestId: string;
  model: string;
  target: string;
  isStreamed: boolean;
  startedAt: string;
  contextTokens: number;
  inputTokensEstimate: number;
  price: readonly StoredBand[];
}

export type HoldAnswer =
  | { kind: 'held' }
  | { kind: 'refused'; available: Money }
  /** The month has no period row yet: make it and ask again. */
  | { kind: 'no_period' };

export interface SettlementRow {
  exchangeId: string;
  keyId: number;
  /** Null: the request never left us; the hold is released and leaves no trace. */
  settled: SettledFacts | null;
}

export interface SettledFacts {
  requestId: string;
  model: string;
  target: string;
  isStreamed: boolean;
  status: ThreadStatus;
  charge: Charge;
  firstByteMs: number | null;
  latencyMs: number | null;
  startedAt: Date;
}

export interface OrphanHold {
  exchangeId: string;
  keyId: number;
  amount: Money;
  facts: HoldFacts;
}

export interface LedgerAudit {
  wallets: number;
  /** Rows where a sum of the ledger or of the open holds differs from what the wallet or period says. */
  wrongBalances: number;
  wrongQuotas: number;
  wrongHolds: number;
  wrongTotals: number;
}

export function createBillingRepository({ sql }: { sql: Sql }) {
  return {
    /** Places all holds that fit, cheapest first per key; one statement, one commit. */
    async placeHolds(owner: string, rows: readonly HoldRow[]): Promise<HoldAnswer[]> {
      const parameter = JSON.stringify(
        rows.map((row) => ({
          exchange_id: row.exchangeId,
          key_id: row.keyId,
          amount: String(row.amount),
          facts: row.facts,
        })),
      );
      const answers = await sql<
        { exchange_id: string; has_period: boolean; available: string; is_held: boolean }[]
      >`
        with request as materialized (
          select * from json_to_recordset(${parameter}::text::json)
            as r(exchange_id uuid, key_id bigint, amount bigint, facts json)
        ), locked as materialized (
          select w.key_id, w.balance, w.held from wallet w
          where w.key_id in (select key_id from request) order by w.key_id for update
        ), period as materialized (
          select p.key_id, p.month, greatest(p.quota_limit - p.used, 0) as free
          from locked join quota_period p using (key_id)
          where p.month = billing_month() order by p.key_id for update of p
        ), candidate as materialized (
          select r.exchange_id, r.key_id, r.amount, r.facts, p.month,
            p.free + l.balance - l.held as available,
            sum(r.amount) over (partition by r.key_id order by r.amount, r.exchange_id) as running
          from request r join locked l using (key_id) left join period p using (key_id)
        ), decided as materialized (
          select *, month is not null and running <= available and (available > 0 or amount = 0) as is_held
          from candidate
        ), placed as (
          insert into hold (exchange_id, key_id, month, day, amount, owner, facts)
          select exchange_id, key_id, month, billing_day(), amount, ${owner}::uuid, facts from decided where is_held
        ), reserved as (
          update wallet w set held = w.held + d.amount
          from (select key_id, sum(amount)::bigint as amount from decided where is_held group by key_id) d
          where w.key_id = d.key_id
        )
        select exchange_id, month is not null as has_period, is_held,
          (coalesce(available, 0)
            - coalesce(max(running) filter (where is_held) over (partition by key_id), 0))::text as available
        from decided`;
      const byExchange = new Map(answers.map((answer) => [answer.exchange_id, answer]));
      return rows.map((row) => {
        const answer = byExchange.get(row.exchangeId);
        if (answer === undefined) return { kind: 'refused', available: 0n };
        if (!answer.has_period) return { kind: 'no_period' };
        return answer.is_held ? { kind: 'held' } : { kind: 'refused', available: BigInt(answer.available) };
      });
    },

    /** Makes this month's period of some keys, if it is not there. Locks the wallets: a quota edit may be under way. */
    async openPeriods(keyIds: readonly number[]): Promise<void> {
      await sql`
        with locked as materialized (
          select key_id, month_quota from wallet where key_id in ${sql(keyIds)} order by key_id for update
        )
        insert into quota_period (key_id, month, quota_limit)
        select key_id, billing_month(), month_quota from locked
        on conflict do nothing`;
    },

    /**
     * Settles what is still held and leaves the rest alone, so that replaying is harmless. The quota of the month the
     * hold was made in pays first, the balance the rest.
     * @returns the ids of the settlements that took place now
     */
    async settle(rows: readonly SettlementRow[]): Promise<{ exchangeId: string; threadId: number }[]> {
      const parameter = JSON.stringify(rows.map(toSettlementJson));
      const settled = await sql<{ exchange_id: string; id: string }[]>`
        with request as materialized (
          select * from json_to_recordset(${parameter}::text::json) as r(
            ord int, exchange_id uuid, key_id bigint, is_void boolean, fee bigint, request_id text, model text,
            target text, is_streamed boolean, status text, usage_source text, is_quarantined boolean,
            input_tokens bigint, output_tokens bigint, cache_read_tokens bigint, cache_write_5m_tokens bigint,
            cache_write_1h_tokens bigint, price_input bigint, price_output bigint, price_cache_read bigint,
            price_cache_write_5m bigint, price_cache_write_1h bigint, first_byte_ms int, latency_ms int,
            started_at timestamptz)
        ), locked as materialized (
          select key_id from wallet where key_id in (select key_id from request) order by key_id for update
        ), released as (
          delete from hold h using locked l
          where h.key_id = l.key_id and h.exchange_id in (select exchange_id from request)
          returning h.exchange_id, h.key_id, h.month, h.day, h.amount
        ), period as materialized (
          select p.key_id, p.month, greatest(p.quota_limit - p.used, 0) as free from quota_period p
          where (p.key_id, p.month) in (select key_id, month from released)
          order by p.key_id, p.month for update
        ), line as materialized (
          select r.*, h.month, h.day, h.amount as hold_amount, coalesce(p.free, 0) as free,
            sum(r.fee) over (partition by h.key_id, h.month order by r.ord) as upto
          from request r join released h using (exchange_id, key_id) left join period p using (key_id, month)
        ), split as materialized (
          select *, (least(upto, free) - least(upto - fee, free))::bigint as quota_part from line
        ), charged as (
          update quota_period p set used = p.used + s.part
          from (select key_id, month, sum(quota_part)::bigint as part from split group by key_id, month) s
          where p.key_id = s.key_id and p.month = s.month and s.part > 0
        ), paid as (
          update wallet w set held = w.held - s.held, balance = w.balance - s.part, total_fee = w.total_fee + s.fee
          from (
            select key_id, sum(hold_amount)::bigint as held, sum(fee - quota_part)::bigint as part,
              sum(fee)::bigint as fee
            from split group by key_id
          ) s where w.key_id = s.key_id
        ), entered as (
          insert into ledger (key_id, kind, balance_change, quota_change, month, day, exchange_id, actor, request_id)
          select key_id, 'usage', quota_part - fee, quota_part, month, day, exchange_id, 'key:' || key_id, request_id
          from split where not is_void and fee > 0 order by ord
        ), recorded as (
          insert into usage (exchange_id, request_id, key_id, day, model, target, is_streamed, status, usage_source,
            is_quarantined, input_tokens, output_tokens, cache_read_tokens, cache_write_5m_tokens,
            cache_write_1h_tokens, price_input, price_output, price_cache_read, price_cache_write_5m,
            price_cache_write_1h, fee, quota_part, hold_amount, first_byte_ms, latency_ms, started_at)
          select exchange_id, request_id, key_id, day, model, target, is_streamed, status, usage_source,
            is_quarantined, input_tokens, output_tokens, cache_read_tokens, cache_write_5m_tokens,
            cache_write_1h_tokens, price_input, price_output, price_cache_read, price_cache_write_5m,
            price_cache_write_1h, fee, quota_part, hold_amount, first_byte_ms, latency_ms, started_at
          from split where not is_void order by ord
          returning exchange_id, id
        )
        select exchange_id, id from recorded`;
      return settled.map((row) => ({ exchangeId: row.exchange_id, threadId: Number(row.id) }));
    },

    async renewLease(owner: string, leaseMs: number): Promise<void> {
      await sql`
        insert into process_lease (owner, expires_at) values (${owner}::uuid, now() + ${leaseMs} * interval '1 ms')
        on conflict (owner) do update set expires_at = excluded.expires_at`;
    },

    async endLease(owner: string): Promise<void> {
      await sql`delete from process_lease where owner = ${owner}::uuid
        and not exists (select from hold where hold.owner = ${owner}::uuid)`;
    },

    /** Holds whose process no longer renews its lease. */
    async findOrphans(limit: number): Promise<OrphanHold[]> {
      const rows = await sql<{ exchange_id: string; key_id: string; amount: string; facts: HoldFacts }[]>`
        select h.exchange_id, h.key_id, h.amount, h.facts from hold h left join process_lease l using (owner)
        where l.owner is null or l.expires_at < now() order by h.created_at limit ${limit}`;
      return rows.map((row) => ({
        exchangeId: row.exchange_id,
        keyId: Number(row.key_id),
        amount: BigInt(row.amount),
        facts: row.facts,
      }));
    },

    async forgetDeadLeases(): Promise<void> {
      await sql`delete from process_lease l where expires_at < now() - interval '1 day'
        and not exists (select from hold h where h.owner = l.owner)`;
    },

    /** Compares, in one snapshot, every wallet and period with the sums it must equal. */
    async audit(): Promise<LedgerAudit> {
      const [row] = await sql<Record<keyof LedgerAudit, number>[]>`
        with entry as (
          select key_id, sum(balance_change) as balance, sum(quota_change - balance_change) filter (where kind = 'usage') as fee
          from ledger group by key_id
        ), used as (
          select key_id, month, sum(quota_change) as used from ledger where month is not null group by key_id, month
        ), held as (
          select key_id, sum(amount) as held from hold group by key_id
        ), spent as (
          select key_id, sum(fee) as fee from usage group by key_id
        )
        select
          (select count(*)::int from wallet) as wallets,
          (select count(*)::int from wallet w left join entry e using (key_id)
            where w.balance <> coalesce(e.balance, 0)) as "wrongBalances",
          (select count(*)::int from quota_period p full join used u using (key_id, month)
            where coalesce(p.used, 0) <> coalesce(u.used, 0)) as "wrongQuotas",
          (select count(*)::int from wallet w full join held h using (key_id)
            where coalesce(w.held, 0) <> coalesce(h.held, 0)) as "wrongHolds",
          (select count(*)::int from wallet w left join entry e using (key_id) left join spent s using (key_id)
            where w.total_fee <> coalesce(e.fee, 0) or w.total_fee <> coalesce(s.fee, 0)) as "wrongTotals"`;
      return row ?? { wallets: 0, wrongBalances: 0, wrongQuotas: 0, wrongHolds: 0, wrongTotals: 0 };
    },
  };
}

export type BillingRepository = ReturnType<typeof createBillingRepository>;

function toSettlementJson(row: SettlementRow, ord: number) {
  const { settled } = row;
  const { exchangeId: exchange_id, keyId: key_id } = row;
  if (settled === null) return { ord, exchange_id, key_id, is_void: true, fee: 0 };
  const { usage, price } = settled.charge;
  // One plain literal: this is built once per request, and spreading twenty members cost ten times as much.
  return {
    ord,
    exchange_id,
    key_id,
    is_void: false,
    fee: String(settled.charge.fee),
    request_id: settled.requestId,
    model: settled.model,
    target: settled.target,
    is_streamed: settled.isStreamed,
    status: settled.status,
    usage_source: settled.charge.usageSource,
    is_quarantined: settled.charge.isQuarantined,
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    cache_read_tokens: usage.cacheReadTokens,
    cache_write_5m_tokens: usage.cacheWrite5mTokens,
    cache_write_1h_tokens: usage.cacheWrite1hTokens,
    price_input: String(price.input),
    price_output: String(price.output),
    price_cache_read: String(price.cacheRead),
    price_cache_write_5m: String(price.cacheWrite5m),
    price_cache_write_1h: String(price.cacheWrite1h),
    first_byte_ms: settled.firstByteMs,
    latency_ms: settled.latencyMs,
    started_at: settled.startedAt.toISOString(),
  };
}
