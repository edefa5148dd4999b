// Turning holds into ledger entries, once. What is no longer held is left alone, so that replaying is harmless.
import type { Database } from '../../../db/client.ts';
import type { Attempt } from '../../../db/schema/billing.ts';
import type { ModelKind } from '../../../db/schema/models.ts';
import type { ThreadStatus } from '../../threads/index.ts';
import type { Charge } from '../charge.ts';

export interface SettlementRow {
  exchangeId: string;
  keyId: number;
  groupId: number | null;
  /** Null: the request never left us; the hold is released and leaves no trace. */
  settled: SettledFacts | null;
}

export interface SettledFacts {
  requestId: string;
  model: string;
  target: string;
  region: string;
  baseId: string;
  priceScope: string;
  serviceTier: string;
  /** Absent: a chat, in the spool of a version that knew nothing else. */
  kind?: ModelKind;
  contextTokens: number;
  isStreamed: boolean;
  status: ThreadStatus;
  charge: Charge;
  attempts: readonly Attempt[];
  firstByteMs: number | null;
  latencyMs: number | null;
  startedAt: Date;
}

/**
 * - `settled`: now, by this statement (also a release)
 * - `gone`: its hold was settled or released before
 * - `not_ready`: a budget changed while the statement waited; nothing was done, ask again
 */
export type SettlementAnswer = 'settled' | 'gone' | 'not_ready';

export function createSettlementRepository({ database }: { database: Pick<Database, 'prioritySql'> }) {
  return {
    /**
     * One statement, one commit. The quota of the month the hold was made in pays first, the balance the rest; the
     * ceilings count the whole fee in the windows of the day it was made on.
     */
    async settle(rows: readonly SettlementRow[]): Promise<SettlementAnswer[]> {
      const parameter = JSON.stringify(rows.map(toSettlementJson));
      const answers = await database.prioritySql<{ ord: number; is_ready: boolean; is_settled: boolean }[]>`
        with request as materialized (
          select * from json_to_recordset(${parameter}::text::json) as r(
            ord int, exchange_id uuid, key_id bigint, group_id bigint, is_void boolean, fee bigint, request_id text,
            model text, target text, region text, base_id text, price_scope text, service_tier text,
            context_tokens int, attempts json, is_streamed boolean, status text, usage_source text,
            is_quarantined boolean, input_tokens bigint, output_tokens bigint, cache_read_tokens bigint,
            cache_write_5m_tokens bigint, cache_write_1h_tokens bigint, price_input bigint, price_output bigint,
            price_cache_read bigint, price_cache_write_5m bigint, price_cache_write_1h bigint, kind text,
            images int, price_image bigint, first_byte_ms int, latency_ms int, started_at timestamptz)
        ), seen as materialized (
          select 'key' as owner, key_id as id, revision from wallet where key_id in (select key_id from request)
          union all
          select 'group', group_id, revision from group_wallet where group_id in (select group_id from request)
        ), locked as materialized (
          select key_id, revision from wallet where key_id in (select key_id from request) order by key_id for update
        ), locked_group as materialized (
          select group_id, revision from group_wallet
          where group_id in (select group_id from request) and (select count(*) from locked) >= 0
          order by group_id for update
        ), ready as materialized (
          select r.ord, r.exchange_id, r.key_id,
            l.revision = s.revision and g.revision is not distinct from t.revision as is_ready
          from request r join locked l using (key_id) join seen s on s.owner = 'key' and s.id = r.key_id
          left join locked_group g on g.group_id = r.group_id
          left join seen t on t.owner = 'group' and t.id = r.group_id
        ), released as (
          delete from hold h using ready r
          where r.is_ready and h.exchange_id = r.exchange_id and h.key_id = r.key_id
          returning h.exchange_id, h.key_id, h.group_id, h.month, h.day, h.amount
        ), period as materialized (
          select p.key_id, p.month, greatest(p.quota_limit - p.used, 0) as free from quota_period p
          where (p.key_id, p.month) in (select key_id, month from released)
          order by p.key_id, p.month for update
        ), line as materialized (
          select r.*, h.group_id as counted_group_id, h.month, h.day, h.amount as hold_amount,
            coalesce(p.free, 0) as free, sum(r.fee) over (partition by h.key_id, h.month order by r.ord) as upto
          -- Told twice in one batch, an end counts once: a hold must not be given back twice.
          from (select distinct on (exchange_id) * from request order by exchange_id, ord) r
          join released h using (exchange_id, key_id) left join period p using (key_id, month)
        ), split as materialized (
          select *, (least(upto, free) - least(upto - fee, free))::bigint as quota_part from line
        ), charged as (
          update quota_period p set used = p.used + s.part
          from (select key_id, month, sum(quota_part)::bigint as part from split group by key_id, month) s
          where p.key_id = s.key_id and p.month = s.month and s.part > 0
        ), counted as (
          update budget_period p set used = p.used + s.fee
          from (
            select id, starts_on, sum(fee)::bigint as fee from (
              select b.id, budget_starts_on(b."window", s.day) as starts_on, s.fee
              from split s join budget b on b.key_id = s.key_id where s.fee > 0
              union all
              select b.id, budget_starts_on(b."window", s.day), s.fee
              from split s join budget b on b.group_id = s.counted_group_id where s.fee > 0
            ) spent group by id, starts_on
          ) s where p.budget_id = s.id and p.starts_on = s.starts_on
        ), paid as (
          update wallet w set held = w.held - s.held, balance = w.balance - s.part, total_fee = w.total_fee + s.fee
          from (
            select key_id, sum(hold_amount)::bigint as held, sum(fee - quota_part)::bigint as part,
              sum(fee)::bigint as fee
            from split group by key_id
          ) s where w.key_id = s.key_id
        ), paid_group as (
          update group_wallet g set held = g.held - s.held, total_fee = g.total_fee + s.fee
          from (
            select counted_group_id as group_id, sum(hold_amount)::bigint as held, sum(fee)::bigint as fee
            from split where counted_group_id is not null group by counted_group_id
          ) s where g.group_id = s.group_id
        ), entered as (
          insert into ledger (key_id, kind, balance_change, quota_change, month, day, group_id, exchange_id, actor,
            request_id)
          select key_id, 'usage', quota_part - fee, quota_part, month, day, counted_group_id, exchange_id,
            'key:' || key_id, request_id
          from split where not is_void and fee > 0 order by ord
        ), recorded as (
          insert into usage (exchange_id, request_id, key_id, group_id, day, model, target, region, base_id,
            price_scope, service_tier, context_tokens, attempts, is_streamed, status, usage_source, is_quarantined,
            input_tokens, output_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, price_input,
            price_output, price_cache_read, price_cache_write_5m, price_cache_write_1h, kind, images, price_image, fee,
            quota_part, hold_amount, first_byte_ms, latency_ms, started_at)
          select exchange_id, request_id, key_id, counted_group_id, day, model, target, region, base_id,
            price_scope, service_tier, context_tokens, attempts, is_streamed, status, usage_source, is_quarantined,
            input_tokens, output_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, price_input,
            price_output, price_cache_read, price_cache_write_5m, price_cache_write_1h, kind, images, price_image, fee,
            quota_part, hold_amount, first_byte_ms, latency_ms, started_at
          from split where not is_void order by ord
        )
        select r.ord, r.is_ready, l.exchange_id is not null as is_settled
        from ready r left join line l using (ord)`;
      const byOrder = new Map(answers.map((answer) => [answer.ord, answer]));
      return rows.map((_, ord) => {
        const answer = byOrder.get(ord);
        if (answer?.is_ready === false) return 'not_ready';
        return answer?.is_settled ? 'settled' : 'gone';
      });
    },
  };
}

export type SettlementRepository = ReturnType<typeof createSettlementRepository>;

function toSettlementJson(row: SettlementRow, ord: number) {
  const { settled } = row;
  const { exchangeId: exchange_id, keyId: key_id, groupId: group_id } = row;
  if (settled === null) return { ord, exchange_id, key_id, group_id, is_void: true, fee: 0 };
  const { usage, price } = settled.charge;
  // One plain literal: this is built once per request, and spreading twenty members cost ten times as much.
  return {
    ord,
    exchange_id,
    key_id,
    group_id,
    is_void: false,
    fee: String(settled.charge.fee),
    request_id: settled.requestId,
    model: settled.model,
    target: settled.target,
    region: settled.region,
    base_id: settled.baseId,
    price_scope: settled.priceScope,
    service_tier: settled.serviceTier,
    context_tokens: settled.contextTokens,
    attempts: settled.attempts,
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
    // The last three are missing in the spool of a version that knew only chats.
    kind: settled.kind ?? 'chat',
    images: usage.images ?? 0,
    price_image: String(price.image ?? 0n),
    first_byte_ms: settled.firstByteMs,
    latency_ms: settled.latencyMs,
    started_at: settled.startedAt.toISOString(),
  };
}
