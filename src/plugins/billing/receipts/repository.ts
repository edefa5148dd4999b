import { and, asc, eq, inArray } from 'drizzle-orm';
import type { Database } from '../../../db/client.ts';
import { ledger, usage } from '../../../db/schema/billing.ts';

export type ChargedExchange = typeof usage.$inferSelect;

export type Correction = Pick<
  typeof ledger.$inferSelect,
  'id' | 'kind' | 'balanceChange' | 'quotaChange' | 'reason' | 'actor' | 'requestId' | 'createdAt'
>;

export interface Bill {
  exchange: ChargedExchange;
  /** Oldest first. */
  corrections: Correction[];
}

const correctionColumns = {
  id: ledger.id,
  kind: ledger.kind,
  balanceChange: ledger.balanceChange,
  quotaChange: ledger.quotaChange,
  reason: ledger.reason,
  actor: ledger.actor,
  requestId: ledger.requestId,
  createdAt: ledger.createdAt,
};

export function createReceiptRepository({ db }: { db: Database['db'] }) {
  return {
    /** One statement, so that charge and corrections are of one moment. `keyId` undefined: anybody's. */
    async find(threadId: number, keyId: number | undefined): Promise<Bill | undefined> {
      const rows = await db
        .select({ exchange: usage, correction: correctionColumns })
        .from(usage)
        .leftJoin(
          ledger,
          and(eq(ledger.exchangeId, usage.exchangeId), inArray(ledger.kind, ['refund', 'adjustment'])),
        )
        .where(and(eq(usage.id, threadId), keyId === undefined ? undefined : eq(usage.keyId, keyId)))
        .orderBy(asc(ledger.id));
      const [first] = rows;
      if (first === undefined) return undefined;
      return {
        exchange: first.exchange,
        corrections: rows.flatMap(({ correction }) => (correction === null ? [] : [correction])),
      };
    },
  };
}

export type ReceiptRepository = ReturnType<typeof createReceiptRepository>;
