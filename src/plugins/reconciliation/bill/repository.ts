// Lines of bills, added up to days.
import { sql } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { billLine } from '../../../db/schema/reconciliation.ts';
import { formatDecimal } from '../decimal.ts';
import type { BillSum } from './gather.ts';

/** PostgreSQL takes 65,535 parameters. */
const ROWS_AT_ONCE = 1_000;

export function createBillRepository() {
  return {
    /** Adds to the sums that are there. */
    async add(tx: Transaction, importId: number, sums: readonly BillSum[]): Promise<void> {
      for (let at = 0; at < sums.length; at += ROWS_AT_ONCE) {
        const rows = sums.slice(at, at + ROWS_AT_ONCE).map((sum) => ({
          ...sum,
          importId,
          quantity: formatDecimal(sum.quantity),
          cost: formatDecimal(sum.cost),
          netCost: sum.netCost === null ? null : formatDecimal(sum.netCost),
        }));
        await tx
          .insert(billLine)
          .values(rows)
          .onConflictDoUpdate({
            target: [billLine.importId, billLine.bucket],
            set: {
              quantity: sql`${billLine.quantity} + excluded.quantity`,
              cost: sql`${billLine.cost} + excluded.cost`,
              netCost: sql`case when ${billLine.netCost} is null and excluded.net_cost is null then null
                else coalesce(${billLine.netCost}, 0) + coalesce(excluded.net_cost, 0) end`,
              rows: sql`${billLine.rows} + excluded.rows`,
            },
          });
      }
    },
  };
}

export type BillRepository = ReturnType<typeof createBillRepository>;
