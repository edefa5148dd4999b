// What the report is made of: sums of the ledger, of the log and of the newest bills, per UTC day.
import type { Database } from '../../../db/client.ts';
import type { ModelIdentity } from '../matching/models.ts';
import { requestIdsAgree } from '../matching/request-ids.ts';
import type { BillTotal, ExchangeTotal, Facts, LedgerTotal, LogTotal } from './assemble.ts';

export interface Range {
  /** UTC days, both included. */
  from: string;
  to: string;
}

type Sql = Database['sql'];

export function createReportRepository({ sql }: { sql: Sql }) {
  /** Exchanges of these days (UTC, so many more on both sides), with what posted corrections say they used. */
  const usedIn = ({ from, to }: Range, moreDays: number) => sql`
    u as materialized (
      select u.exchange_id, u.target, u.base_id, u.region, u.usage_source, u.status, u.attempts, u.started_at,
        u.price_input, u.price_output, u.price_cache_read, u.price_cache_write_5m, u.price_cache_write_1h,
        u.fee + u.correction as fee, to_char(u.started_at at time zone 'UTC', 'YYYY-MM-DD') as utc_day,
        coalesce((p.aws_tokens->>'input')::bigint, u.input_tokens) as input_tokens,
        coalesce((p.aws_tokens->>'output')::bigint, u.output_tokens) as output_tokens,
        coalesce((p.aws_tokens->>'cacheRead')::bigint, u.cache_read_tokens) as cache_read_tokens,
        coalesce((p.aws_tokens->>'cacheWrite')::bigint, u.cache_write_5m_tokens + u.cache_write_1h_tokens) as cache_write_tokens,
        u.cache_write_1h_tokens
      from reconcilable_usage u left join (
        select distinct on (exchange_id) exchange_id, aws_tokens from reconciliation_proposal
        where state = 'posted' order by exchange_id, id desc) p using (exchange_id)
      where u.day between ${from}::date - 3 and ${to}::date + 3
        and u.started_at >= (${from}::date - ${moreDays}::int)::timestamp at time zone 'UTC'
        and u.started_at < (${to}::date + 1 + ${moreDays}::int)::timestamp at time zone 'UTC'
    )`;

  /** Every record with the exchange it belongs to, if any; a day more on both sides, for calls over midnight. */
  const matched = (range: Range, mayUseRequestIds: boolean) => sql`
    ${usedIn(range, 1)}, attempt as (
      select distinct on (request_id) a->>'upstreamRequestId' as request_id, u.exchange_id
      from u cross join lateral json_array_elements(u.attempts) a
      where ${mayUseRequestIds} and a->>'upstreamRequestId' is not null
    ), record as materialized (
      select r.*, to_char(r.at at time zone 'UTC', 'YYYY-MM-DD') as utc_day,
        coalesce(u.exchange_id, attempt.exchange_id) as matched_id,
        regexp_replace(r.principal, '^(arn:[^:]*:sts::[^:]*:assumed-role/[^/]+)/.*$', '\\1') as role
      from invocation_record r
        left join u on u.exchange_id = r.exchange_id
        left join attempt on r.exchange_id is null and attempt.request_id = r.request_id
      where r.at >= (${range.from}::date - 1)::timestamp at time zone 'UTC'
        and r.at < (${range.to}::date + 2)::timestamp at time zone 'UTC'
    )`;

  return {
    async facts(range: Range): Promise<Facts> {
      const requestIds = await comparedIds(range);
      const { from, to } = range;
      const mayUseRequestIds = requestIds.areUsed;
      const ledger = await sql<LedgerTotal[]>`
        with ${usedIn(range, 0)}
        select utc_day as day, base_id as "baseId", target,
          count(*) filter (where usage_source = 'estimated')::int as estimates,
          count(*) filter (where status = 'client_closed')::int as "leftClients",
          sum(input_tokens)::text as input, sum(output_tokens)::text as output,
          sum(cache_read_tokens)::text as "cacheRead", sum(cache_write_tokens)::text as "cacheWrite",
          sum(input_tokens::numeric * price_input)::text as "inputCost",
          sum(output_tokens::numeric * price_output)::text as "outputCost",
          sum(cache_read_tokens::numeric * price_cache_read)::text as "cacheReadCost",
          sum(greatest(cache_write_tokens - cache_write_1h_tokens, 0)::numeric * price_cache_write_5m
            + least(cache_write_1h_tokens, cache_write_tokens)::numeric * price_cache_write_1h)::text as "cacheWriteCost",
          sum(fee)::text as fee
        from u group by 1, 2, 3`;
      const callers = await sql<{ role: string }[]>`
        with ${matched(range, mayUseRequestIds)}
        select distinct role from record where matched_id is not null and role <> '' limit 1000`;
      const roles = callers.map(({ role }) => role);
      const log = await sql<LogTotal[]>`
        with ${matched(range, mayUseRequestIds)}
        select utc_day as day, model_id as "modelId",
          sum(input_tokens)::text as input, sum(output_tokens)::text as output,
          sum(cache_read_tokens)::text as "cacheRead", sum(cache_write_tokens)::text as "cacheWrite",
          count(*) filter (where matched_id is null)::int as "lostCalls"
        from record
        where utc_day between ${from} and ${to}
          and (matched_id is not null or exchange_id is not null or role = any(${roles}))
        group by 1, 2`;
      return {
        ledger,
        log,
        roles,
        requestIds,
        exchanges: await exchanges(range, mayUseRequestIds, roles),
        ...(await bills(range)),
      };
    },

    async models(): Promise<ModelIdentity[]> {
      return sql<ModelIdentity[]>`
        select name, target, base_id as "baseId", display_name as "displayName" from model_identity`;
    },
  };

  async function comparedIds({ from, to }: Range) {
    const [row] = await sql<{ compared: number; agree: number }[]>`
      select count(*)::int as compared,
        count(*) filter (where exists (
          select from json_array_elements(u.attempts) a where a->>'upstreamRequestId' = r.request_id))::int as agree
      from invocation_record r join reconcilable_usage u using (exchange_id)
      where r.at >= ${from}::date::timestamp at time zone 'UTC'
        and r.at < (${to}::date + 1)::timestamp at time zone 'UTC'
        and exists (select from json_array_elements(u.attempts) a where a->>'upstreamRequestId' is not null)`;
    const { compared, agree } = row ?? { compared: 0, agree: 0 };
    return { compared, agree, areUsed: requestIdsAgree({ compared, agree }) };
  }

  async function exchanges(
    range: Range,
    mayUseRequestIds: boolean,
    roles: string[],
  ): Promise<ExchangeTotal[]> {
    const { from, to } = range;
    return sql<ExchangeTotal[]>`
      with ${matched(range, mayUseRequestIds)}, logged as (
        select matched_id, count(*) filter (where error_code is null) as served,
          sum(input_tokens) as input, sum(output_tokens) as output, sum(cache_read_tokens) as cache_read,
          sum(cache_write_tokens) as cache_write
        from record where matched_id is not null group by matched_id
      ), verdict as (
        select case
            when l.matched_id is null and not exists (
              select from record r where r.at >= date_trunc('hour', u.started_at)
                and r.at < date_trunc('hour', u.started_at) + interval '1 hour' and u.region in ('', r.region))
              then 'not_covered'
            when l.matched_id is null then 'ledger_only'
            when l.served = 0 then 'error'
            when (u.input_tokens, u.output_tokens, u.cache_read_tokens, u.cache_write_tokens)
              = (l.input, l.output, l.cache_read, l.cache_write) then 'equal'
            else 'tokens_differ' end as verdict
        from u left join logged l on l.matched_id = u.exchange_id
        where u.utc_day between ${from} and ${to} and (l.matched_id is not null or u.usage_source <> 'none')
        union all
        select case when exchange_id is not null or role = any(${roles}) then 'log_only_ours' else 'log_only_others' end
        from record where matched_id is null and utc_day between ${from} and ${to}
      )
      select verdict, count(*)::int as count from verdict group by verdict`;
  }

  /** Of a month the newest bill of each payer counts. */
  async function bills({ from, to }: Range): Promise<Pick<Facts, 'bill' | 'billedDays'>> {
    const newest = sql`
      newest as materialized (
        select distinct on (b.payer, b.period) b.payer, b.period, i.bill_id
        from bill_line b join reconciliation_import i on i.id = b.import_id
        where b.period between left(${from}, 7) and left(${to}, 7)
        order by b.payer, b.period, i.bill_id desc
      ), line as materialized (
        select b.* from bill_line b join reconciliation_import i on i.id = b.import_id
          join newest n on n.payer = b.payer and n.period = b.period and n.bill_id = i.bill_id
      )`;
    const bill = await sql<BillTotal[]>`
      with ${newest}
      select branch, to_char(day, 'YYYY-MM-DD') as day, granularity, line_type as "lineType", usage_type as "usageType",
        principal, model_hint as "modelHint", unit, currency,
        sum(quantity)::text as quantity, sum(cost)::text as cost, sum(net_cost)::text as "netCost"
      from line where branch = 'money' or day between ${from}::date and ${to}::date
      group by branch, day, granularity, line_type, usage_type, principal, model_hint, unit, currency`;
    const billedDays = await sql<{ from: string; to: string }[]>`
      with ${newest}
      select to_char(min(day), 'YYYY-MM-DD') as from, to_char(max(day), 'YYYY-MM-DD') as to
      from line where branch <> 'money' group by payer, period`;
    return { bill, billedDays };
  }
}

export type ReportRepository = ReturnType<typeof createReportRepository>;
