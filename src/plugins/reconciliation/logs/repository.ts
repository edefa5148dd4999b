// Records of the invocation log, and the exchanges of ours that they tell about.
import { sql } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { invocationRecord } from '../../../db/schema/reconciliation.ts';
import type { LedgerExchange, LoggedTokens } from '../matching/correction.ts';
import type { LogRecord } from './decode-record.ts';

/** An exchange whose charge AWS's log contradicts, or may once have. */
export interface DoubtfulExchange extends LedgerExchange {
  keyId: number;
  model: string;
  at: Date;
  logged: LoggedTokens;
  /** Its adjustments so far, ours and those of a late settlement; refunds are a favour and stay. 10^-10 USD. */
  corrected: bigint;
  /** Of the open proposal, if there is one. */
  proposed: bigint | null;
}

/** How far from its beginning a call's record may stand. */
const SLACK = sql`interval '1 day'`;
/** How old an exchange must be before a missing record means something. */
const RIPE = sql`interval '72 hours'`;

type Row = Record<string, string | number | null>;

export function createLogRepository() {
  return {
    /** @returns how many were new */
    async insert(tx: Transaction, importId: number, records: readonly LogRecord[]): Promise<number> {
      if (records.length === 0) return 0;
      const written = await tx
        .insert(invocationRecord)
        .values(records.map((record) => ({ ...record, importId })))
        .onConflictDoNothing()
        .returning({ id: invocationRecord.id });
      return written.length;
    },

    /** Of the records that name an exchange of which AWS's request id is known: how many name it rightly. */
    async requestIds(tx: Transaction, importId: number): Promise<{ compared: number; agree: number }> {
      const [row] = await tx.execute<{ compared: number; agree: number }>(sql`
        select count(*)::int as compared,
          count(*) filter (where exists (
            select from json_array_elements(u.attempts) a where a->>'upstreamRequestId' = r.request_id))::int as agree
        from invocation_record r join reconcilable_usage u using (exchange_id)
        where r.import_id = ${importId}
          and exists (select from json_array_elements(u.attempts) a where a->>'upstreamRequestId' is not null)`);
      return row ?? { compared: 0, agree: 0 };
    },

    /** The exchanges that this import's records belong to. */
    async touched(tx: Transaction, importId: number, mayUseRequestIds: boolean): Promise<string[]> {
      const rows = await tx.execute<{ exchange_id: string }>(sql`
        with r as materialized (
          select exchange_id, request_id, at from invocation_record where import_id = ${importId}
        ), span as (select min(at) - ${SLACK} as low, max(at) + ${SLACK} as high from r)
        select u.exchange_id from r join reconcilable_usage u using (exchange_id)
        union
        select u.exchange_id
        from span, reconcilable_usage u cross join lateral json_array_elements(u.attempts) a
          join r on r.request_id = a->>'upstreamRequestId'
        where ${mayUseRequestIds} and u.day between (span.low - ${SLACK})::date and (span.high + ${SLACK})::date
          and r.exchange_id is null`);
      return rows.map((row) => row.exchange_id);
    },

    /** Of these exchanges the ones whose counts differ from the log's, or that have been proposed or corrected. */
    async doubtful(
      tx: Transaction,
      exchangeIds: readonly string[],
      mayUseRequestIds: boolean,
    ): Promise<DoubtfulExchange[]> {
      const rows = await tx.execute<Row>(sql`
        with u as materialized (
          select * from reconcilable_usage
          where exchange_id in (select value::uuid from json_array_elements_text(${JSON.stringify(exchangeIds)}::text::json))
        ), record as (
          select u.exchange_id as matched_id, r.* from u join invocation_record r using (exchange_id)
          union
          select u.exchange_id, r.* from u cross join lateral json_array_elements(u.attempts) a
            join invocation_record r on r.request_id = a->>'upstreamRequestId'
          where ${mayUseRequestIds} and r.exchange_id is null
        ), logged as (
          select matched_id, count(*) filter (where error_code is null) as served,
            sum(input_tokens)::bigint as input, sum(output_tokens)::bigint as output,
            sum(cache_read_tokens)::bigint as cache_read, sum(cache_write_tokens)::bigint as cache_write,
            case when bool_and(cache_write_1h_tokens is not null or cache_write_tokens = 0)
              then sum(cache_write_1h_tokens)::bigint end as cache_write_1h
          from record group by matched_id
        )
        select u.*, extract(epoch from u.started_at) * 1000 as started_ms, l.input, l.output, l.cache_read, l.cache_write,
          l.cache_write_1h, coalesce(adjusted.amount, 0) as corrected, p.amount as proposed
        from u join logged l on l.matched_id = u.exchange_id
          left join reconciliation_proposal p on p.exchange_id = u.exchange_id and p.state = 'proposed'
          cross join lateral (
            select sum(a.amount) as amount from exchange_adjustment a where a.exchange_id = u.exchange_id) adjusted
        where l.served > 0 and (p.id is not null or adjusted.amount is not null
          or (u.input_tokens, u.output_tokens, u.cache_read_tokens, u.cache_write_5m_tokens + u.cache_write_1h_tokens)
            <> (l.input, l.output, l.cache_read, l.cache_write))
        order by u.started_at`);
      return rows.map(toDoubtful);
    },

    /**
     * Exchanges that were charged by estimate although AWS, whose log covers their hour, has never heard of them. What
     * upstream reported itself was served: if the log lacks it, the log is incomplete.
     */
    async unheard(tx: Transaction, importId: number): Promise<DoubtfulExchange[]> {
      const rows = await tx.execute<Row>(sql`
        with span as (select min(at) as low, max(at) as high from invocation_record where import_id = ${importId})
        select u.*, extract(epoch from u.started_at) * 1000 as started_ms, 0 as input, 0 as output, 0 as cache_read,
          0 as cache_write, 0 as cache_write_1h, 0 as corrected, null as proposed
        from span, reconcilable_usage u
        where u.started_at between span.low and span.high
          and u.day between (span.low - ${SLACK})::date and (span.high + ${SLACK})::date
          and u.started_at < now() - ${RIPE}
          and u.usage_source = 'estimated' and u.fee > 0 and u.correction = 0
          and exists (select from invocation_record r
            where r.at >= date_trunc('hour', u.started_at) and r.at < date_trunc('hour', u.started_at) + interval '1 hour'
              and u.region in ('', r.region))
          and not exists (select from invocation_record r where r.exchange_id = u.exchange_id)
          and not exists (select from json_array_elements(u.attempts) a
            join invocation_record r on r.request_id = a->>'upstreamRequestId')
          and not exists (select from reconciliation_proposal p
            where p.exchange_id = u.exchange_id and p.state <> 'superseded')
        order by u.started_at`);
      return rows.map(toDoubtful);
    },
  };
}

export type LogRepository = ReturnType<typeof createLogRepository>;

function toDoubtful(row: Row): DoubtfulExchange {
  const tokens = (name: string) => Number(row[name]);
  const amount = (name: string) => BigInt(String(row[name]));
  return {
    exchangeId: String(row.exchange_id),
    keyId: tokens('key_id'),
    model: String(row.model),
    at: new Date(Number(row.started_ms)),
    inputTokens: tokens('input_tokens'),
    outputTokens: tokens('output_tokens'),
    cacheReadTokens: tokens('cache_read_tokens'),
    cacheWrite5mTokens: tokens('cache_write_5m_tokens'),
    cacheWrite1hTokens: tokens('cache_write_1h_tokens'),
    priceInput: amount('price_input'),
    priceOutput: amount('price_output'),
    priceCacheRead: amount('price_cache_read'),
    priceCacheWrite5m: amount('price_cache_write_5m'),
    priceCacheWrite1h: amount('price_cache_write_1h'),
    images: tokens('images'),
    priceImage: amount('price_image'),
    fee: amount('fee'),
    logged: {
      inputTokens: tokens('input'),
      outputTokens: tokens('output'),
      cacheReadTokens: tokens('cache_read'),
      cacheWriteTokens: tokens('cache_write'),
      cacheWrite1hTokens: row.cache_write_1h === null ? null : tokens('cache_write_1h'),
    },
    corrected: amount('corrected'),
    proposed: row.proposed === null ? null : amount('proposed'),
  };
}
