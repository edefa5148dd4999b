import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';

export interface Totals {
  countKey: number;
  activeKey: number;
  activeKeyThisMonth: number;
  totalFee: bigint;
  totalMonthFee: bigint;
}

export function createStatsRepository({ db }: { db: Database['db'] }) {
  return {
    /** Living keys; fees of all keys ever. The month is the billing month. */
    async totals(): Promise<Totals> {
      const [row] = await db.execute<Record<string, string>>(sql`
        with charged_this_month as (
          select key_id, sum(fee + correction) as fee from usage
          where day > current_date - 40 and billing_month(day) = billing_month() group by key_id
        )
        select
          (select count(*) from virtual_key where deleted_at is null) as count_key,
          (select count(*) from wallet where total_fee > 0) as active_key,
          (select count(*) from charged_this_month where fee > 0) as active_key_this_month,
          (select coalesce(sum(total_fee), 0) from wallet) as total_fee,
          (select coalesce(sum(fee), 0) from charged_this_month) as total_month_fee`);
      return {
        countKey: Number(row?.count_key ?? 0),
        activeKey: Number(row?.active_key ?? 0),
        activeKeyThisMonth: Number(row?.active_key_this_month ?? 0),
        totalFee: BigInt(row?.total_fee ?? 0),
        totalMonthFee: BigInt(row?.total_month_fee ?? 0),
      };
    },
  };
}

export type StatsRepository = ReturnType<typeof createStatsRepository>;
