import type postgres from 'postgres';
import type { Database } from '../../../db/client.ts';
import type { LedgerKind } from '../../../db/schema/billing.ts';
import type { Money } from '../../../lib/money.ts';
import { type Listing, likePattern, type Page } from '../../../lib/page.ts';

export interface LedgerEntry {
  id: number;
  keyId: number;
  groupId: number | null;
  kind: LedgerKind;
  balanceChange: Money;
  quotaChange: Money;
  month: string | null;
  day: string | null;
  exchangeId: string | null;
  /** Of the exchange, as the wire names it. */
  threadId: number | null;
  counterpartKeyId: number | null;
  actor: string;
  reason: string;
  requestId: string;
  createdAt: Date;
}

export interface LedgerFilter {
  keyId?: number | undefined;
  groupId?: number | undefined;
  kind?: LedgerKind | undefined;
  exchangeId?: string | undefined;
  requestId?: string | undefined;
  from?: Date | undefined;
  /** Exclusive. */
  to?: Date | undefined;
  /** In the reason. */
  q?: string | undefined;
  isAscending: boolean;
}

export function createLedgerRepository({ sql }: Pick<Database, 'sql'>) {
  return {
    async list(filter: LedgerFilter & Page): Promise<Listing<LedgerEntry>> {
      const matching = where(filter);
      const [items, [total]] = await Promise.all([
        select(sql`${matching} ${order(filter)} limit ${filter.limit} offset ${filter.offset}`),
        sql<{ count: string }[]>`select count(*) as count from ledger l where ${matching}`,
      ]);
      return { items, total: Number(total?.count ?? 0) };
    },

    /**
     * Everything that matches, some entries at a time. Each portion is a statement of its own that begins behind the
     * last one, so that a reader who stalls holds neither a connection nor a snapshot.
     */
    async *portions(filter: LedgerFilter, size: number): AsyncGenerator<LedgerEntry[]> {
      let behind = sql``;
      for (;;) {
        const entries = await select(sql`${where(filter)} ${behind} ${order(filter)} limit ${size}`);
        const last = entries.at(-1);
        if (last === undefined) return;
        yield entries;
        if (entries.length < size) return;
        behind = filter.isAscending ? sql`and l.id > ${last.id}` : sql`and l.id < ${last.id}`;
      }
    },
  };

  async function select(rest: postgres.PendingQuery<postgres.Row[]>): Promise<LedgerEntry[]> {
    const rows = await sql<StoredEntry[]>`
      select l.id, l.key_id, l.group_id, l.kind, l.balance_change, l.quota_change, l.month::text, l.day::text,
        l.exchange_id, (select u.id from usage u where u.exchange_id = l.exchange_id) as thread_id,
        l.counterpart_key_id, l.actor, l.reason, l.request_id, l.created_at
      from ledger l where ${rest}`;
    return rows.map(toEntry);
  }

  function order({ isAscending }: LedgerFilter) {
    return isAscending ? sql`order by l.id` : sql`order by l.id desc`;
  }

  function where(filter: LedgerFilter) {
    const { keyId, groupId, kind, exchangeId, requestId, from, to, q } = filter;
    return sql`true
      ${keyId === undefined ? sql`` : sql`and l.key_id = ${keyId}`}
      ${groupId === undefined ? sql`` : sql`and l.group_id = ${groupId}`}
      ${kind === undefined ? sql`` : sql`and l.kind = ${kind}`}
      ${exchangeId === undefined ? sql`` : ofExchange(exchangeId)}
      ${requestId === undefined ? sql`` : sql`and l.request_id = ${requestId}`}
      ${from === undefined ? sql`` : sql`and l.created_at >= ${from.toISOString()}::timestamptz`}
      ${to === undefined ? sql`` : sql`and l.created_at < ${to.toISOString()}::timestamptz`}
      ${q === undefined ? sql`` : sql`and l.reason ilike ${likePattern(q)}`}`;
  }

  /** Spelled so that the two partial indexes answer it. */
  function ofExchange(exchangeId: string) {
    return sql`and (l.exchange_id = ${exchangeId}::uuid and l.kind = 'usage'
      or l.exchange_id = ${exchangeId}::uuid and l.kind in ('refund', 'adjustment'))`;
  }
}

export type LedgerRepository = ReturnType<typeof createLedgerRepository>;

/** As the driver answers: int8 and times as text. */
interface StoredEntry {
  id: string;
  key_id: string;
  group_id: string | null;
  kind: LedgerKind;
  balance_change: string;
  quota_change: string;
  month: string | null;
  day: string | null;
  exchange_id: string | null;
  thread_id: string | null;
  counterpart_key_id: string | null;
  actor: string;
  reason: string;
  request_id: string;
  created_at: string;
}

const id = (text: string | null) => (text === null ? null : Number(text));

function toEntry(row: StoredEntry): LedgerEntry {
  return {
    id: Number(row.id),
    keyId: Number(row.key_id),
    groupId: id(row.group_id),
    kind: row.kind,
    balanceChange: BigInt(row.balance_change),
    quotaChange: BigInt(row.quota_change),
    month: row.month,
    day: row.day,
    exchangeId: row.exchange_id,
    threadId: id(row.thread_id),
    counterpartKeyId: id(row.counterpart_key_id),
    actor: row.actor,
    reason: row.reason,
    requestId: row.request_id,
    createdAt: new Date(row.created_at),
  };
}
