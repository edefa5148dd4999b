// Placing holds: one statement locks the wallets it touches in key order, then the groups' in group order, and decides
// on the locked rows, never on what was read before (READ COMMITTED is enough for that).
import type { Database } from '../../../db/client.ts';
import type { ModelKind } from '../../../db/schema/models.ts';
import type { Money } from '../../../lib/money.ts';
import type { StoredBand } from '../hold-facts.ts';

export interface HoldRow {
  exchangeId: string;
  keyId: number;
  /** Null: no group, so no group budget. */
  groupId: number | null;
  amount: Money;
  /** JSON that another replica can settle from. */
  facts: HoldFacts;
}

/** What the reaper knows of a request whose process has died. Money as decimal digits of 10^-10 USD. */
export interface HoldFacts {
  requestId: string;
  model: string;
  target: string;
  region: string;
  baseId: string;
  priceScope: string;
  serviceTier: string;
  /** Absent: a chat. */
  kind?: ModelKind;
  /** Pictures it may make; absent: none. */
  images?: number;
  isStreamed: boolean;
  /** Nothing is charged for it; absent: it is charged. */
  isFree?: boolean;
  startedAt: string;
  contextTokens: number;
  inputTokensEstimate: number;
  price: readonly StoredBand[];
}

/** What a refused request ran into: the key's quota and balance, or one of the ceilings. */
export type HoldLimit =
  | 'funds'
  | 'key_day'
  | 'key_month'
  | 'key_total'
  | 'group_day'
  | 'group_month'
  | 'group_total';

export type HoldAnswer =
  | { kind: 'held' }
  | { kind: 'refused'; available: Money; limit: HoldLimit }
  /** A period row is missing, or a budget changed while the statement waited: open the periods and ask again. */
  | { kind: 'not_ready' };

interface AnswerRow {
  exchange_id: string;
  is_ready: boolean;
  is_held: boolean;
  key_left: string;
  key_limit: HoldLimit;
  group_left: string | null;
  group_limit: HoldLimit | null;
}

export function createHoldRepository({ database }: { database: Pick<Database, 'prioritySql'> }) {
  return {
    /**
     * Places all holds that fit, cheapest first per key and per group; one statement, one commit. A key's ceilings and
     * its money all bound the same sum, so the least of them decides; its group is asked about what passed there.
     */
    async placeHolds(owner: string, rows: readonly HoldRow[]): Promise<HoldAnswer[]> {
      const parameter = JSON.stringify(
        rows.map((row) => ({
          exchange_id: row.exchangeId,
          key_id: row.keyId,
          group_id: row.groupId,
          amount: String(row.amount),
          facts: row.facts,
        })),
      );
      const answers = await database.prioritySql<AnswerRow[]>`
        with request as materialized (
          select * from json_to_recordset(${parameter}::text::json)
            as r(exchange_id uuid, key_id bigint, group_id bigint, amount bigint, facts json)
        ), calendar as materialized (
          select day, billing_month(day) as month from (select billing_day() as day) today
        ), seen as materialized (
          -- As the statement's snapshot has it: a revision that differs after the lock says that budgets have changed.
          select 'key' as owner, key_id as id, revision from wallet where key_id in (select key_id from request)
          union all
          select 'group', group_id, revision from group_wallet where group_id in (select group_id from request)
        ), locked as materialized (
          select w.key_id, w.balance, w.held, w.revision from wallet w
          where w.key_id in (select key_id from request) order by w.key_id for update
        ), locked_group as materialized (
          select g.group_id, g.held, g.revision from group_wallet g
          where g.group_id in (select group_id from request) and (select count(*) from locked) >= 0
          order by g.group_id for update
        ), quota as materialized (
          select p.key_id, greatest(p.quota_limit - p.used, 0) as free
          from locked join quota_period p using (key_id)
          where p.month = (select month from calendar) order by p.key_id for update of p
        ), cap as materialized (
          select b.id, 'key' as owner, b.key_id as owner_id, b."window", b.limit_amount from budget b join locked using (key_id)
          union all
          select b.id, 'group', b.group_id, b."window", b.limit_amount from budget b join locked_group using (group_id)
        ), cap_period as materialized (
          select p.budget_id, p.used from budget_period p
          where (p.budget_id, p.starts_on) in (
            select c.id, case c."window" when 'day' then day when 'month' then month else date '1970-01-01' end
            from cap c, calendar)
          order by p.budget_id for update
        ), room as materialized (
          select c.owner, c.owner_id, min(c.limit_amount - p.used) as room,
            (array_agg(c."window" order by c.limit_amount - p.used))[1] as "window",
            bool_or(p.budget_id is null) as is_missing
          from cap c left join cap_period p on p.budget_id = c.id group by c.owner, c.owner_id
        ), key_room as materialized (
          select l.key_id,
            q.key_id is not null and l.revision = s.revision and r.is_missing is not true as is_ready,
            least(q.free + l.balance, r.room) - l.held as available,
            case when r.room < q.free + l.balance then 'key_' || r."window" else 'funds' end as limited_by
          from locked l join seen s on s.owner = 'key' and s.id = l.key_id
          left join quota q using (key_id) left join room r on r.owner = 'key' and r.owner_id = l.key_id
        ), group_room as materialized (
          select l.group_id, l.revision = s.revision and r.is_missing is not true as is_ready,
            r.room - l.held as available, 'group_' || r."window" as limited_by
          from locked_group l join seen s on s.owner = 'group' and s.id = l.group_id
          left join room r on r.owner = 'group' and r.owner_id = l.group_id
        ), by_key as materialized (
          select r.exchange_id, r.key_id, r.amount, r.facts, k.available, k.limited_by, g.group_id,
            g.available as group_available, g.limited_by as group_limited_by,
            k.is_ready and (g.group_id is null or g.is_ready) as is_ready,
            sum(r.amount) over (partition by r.key_id order by r.amount, r.exchange_id) as running
          from request r join key_room k using (key_id) left join group_room g using (group_id)
        ), by_group as materialized (
          select *, is_ready and running <= available and (available > 0 or amount = 0) as is_funded,
            sum(amount) filter (where is_ready and running <= available and (available > 0 or amount = 0))
              over (partition by group_id order by amount, exchange_id) as group_running
          from by_key
        ), decided as materialized (
          select *, is_funded and (group_available is null
            or (group_running <= group_available and (group_available > 0 or amount = 0))) as is_held
          from by_group
        ), placed as (
          insert into hold (exchange_id, key_id, group_id, month, day, amount, owner, facts)
          select exchange_id, key_id, group_id, month, day, amount, ${owner}::uuid, facts
          from decided, calendar where is_held
        ), reserved as (
          update wallet w set held = w.held + d.amount
          from (select key_id, sum(amount)::bigint as amount from decided where is_held group by key_id) d
          where w.key_id = d.key_id
        ), reserved_group as (
          update group_wallet g set held = g.held + d.amount
          from (
            select group_id, sum(amount)::bigint as amount from decided where is_held and group_id is not null
            group by group_id
          ) d where g.group_id = d.group_id
        )
        select exchange_id, is_ready, is_held, limited_by as key_limit, group_limited_by as group_limit,
          (coalesce(available, 0)
            - coalesce(sum(amount) filter (where is_held) over (partition by key_id), 0))::text as key_left,
          (group_available
            - coalesce(sum(amount) filter (where is_held) over (partition by group_id), 0))::text as group_left
        from decided`;
      const byExchange = new Map(answers.map((answer) => [answer.exchange_id, answer]));
      return rows.map((row) => toAnswer(byExchange.get(row.exchangeId)));
    },

    /** Makes the current periods of some keys and groups where they are missing. */
    async openPeriods(keyIds: readonly number[], groupIds: readonly number[]): Promise<void> {
      await database.prioritySql`
        with locked as materialized (
          select key_id, month_quota from wallet where key_id = any(${keyIds}::bigint[]) order by key_id for update
        ), locked_group as materialized (
          select group_id from group_wallet
          where group_id = any(${groupIds}::bigint[]) and (select count(*) from locked) >= 0
          order by group_id for update
        ), quota as (
          insert into quota_period (key_id, month, quota_limit)
          select key_id, billing_month(), month_quota from locked
          on conflict do nothing
        )
        insert into budget_period (budget_id, starts_on)
        select b.id, budget_starts_on(b."window") from budget b
        where b.key_id in (select key_id from locked) or b.group_id in (select group_id from locked_group)
        on conflict do nothing`;
    },

    /** Notes how much of the answers under way has arrived, so that an estimate after a crash is fair. */
    async noteProgress(rows: readonly { exchangeId: string; answerBytes: number }[]): Promise<void> {
      const parameter = JSON.stringify(
        rows.map((row) => ({ exchange_id: row.exchangeId, answer_bytes: row.answerBytes })),
      );
      await database.prioritySql`
        update hold h set answer_bytes = r.answer_bytes
        from json_to_recordset(${parameter}::text::json) as r(exchange_id uuid, answer_bytes bigint)
        where h.exchange_id = r.exchange_id`;
    },
  };
}

export type HoldRepository = ReturnType<typeof createHoldRepository>;

function toAnswer(row: AnswerRow | undefined): HoldAnswer {
  // No wallet: the key does not exist.
  if (row === undefined) return { kind: 'refused', available: 0n, limit: 'funds' };
  if (!row.is_ready) return { kind: 'not_ready' };
  if (row.is_held) return { kind: 'held' };
  const available = BigInt(row.key_left);
  const groupLeft = row.group_left === null ? null : BigInt(row.group_left);
  if (groupLeft !== null && row.group_limit !== null && groupLeft < available)
    return { kind: 'refused', available: groupLeft, limit: row.group_limit };
  return { kind: 'refused', available, limit: row.key_limit };
}
