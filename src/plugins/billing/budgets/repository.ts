// Ceilings of keys and groups. Whoever changes one locks its owner's wallet and counts the revision up, so that a
// statement that was waiting for the lock knows that it has read the old ones.
import { and, asc, desc, eq, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../../db/client.ts';
import { type BudgetWindow, budget, budgetPeriod, groupWallet, wallet } from '../../../db/schema/billing.ts';
import type { Money } from '../../../lib/money.ts';
import type { Listing, Page } from '../../../lib/page.ts';

export type BudgetOwner = { keyId: number } | { groupId: number };

export interface Budget {
  id: number;
  keyId: number | null;
  groupId: number | null;
  window: BudgetWindow;
  limitAmount: Money;
  /** In the current window. */
  used: Money;
  /** By open holds of its owner. */
  held: Money;
  /** The first day of the current window; 1970-01-01 for `total`. */
  startsOn: string;
  updatedAt: Date;
}

const startsOn = sql<string>`budget_starts_on(${budget.window})`;
const columns = {
  id: budget.id,
  keyId: budget.keyId,
  groupId: budget.groupId,
  window: budget.window,
  limitAmount: budget.limitAmount,
  used: sql`coalesce(${budgetPeriod.used}, 0)`.mapWith(BigInt),
  held: sql`coalesce(${wallet.held}, ${groupWallet.held}, 0)`.mapWith(BigInt),
  startsOn: sql<string>`${startsOn}::text`,
  updatedAt: budget.updatedAt,
};

export function createBudgetRepository({ db }: { db: Database['db'] }) {
  const overview = (from: Database['db'] | Transaction) =>
    from
      .select(columns)
      .from(budget)
      .leftJoin(budgetPeriod, and(eq(budgetPeriod.budgetId, budget.id), eq(budgetPeriod.startsOn, startsOn)))
      .leftJoin(wallet, eq(wallet.keyId, budget.keyId))
      .leftJoin(groupWallet, eq(groupWallet.groupId, budget.groupId));

  return {
    transaction: <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => db.transaction(work),

    /** Locks the owner's wallet until the transaction ends; false if there is no such owner. */
    async lockOwner(tx: Transaction, owner: BudgetOwner): Promise<boolean> {
      const rows =
        'keyId' in owner
          ? await tx
              .update(wallet)
              .set({ revision: sql`${wallet.revision} + 1` })
              .where(eq(wallet.keyId, owner.keyId))
              .returning({ revision: wallet.revision })
          : await tx
              .update(groupWallet)
              .set({ revision: sql`${groupWallet.revision} + 1` })
              .where(eq(groupWallet.groupId, owner.groupId))
              .returning({ revision: groupWallet.revision });
      return rows.length > 0;
    },

    async find(tx: Transaction, owner: BudgetOwner, window: BudgetWindow): Promise<Budget | undefined> {
      const whose = 'keyId' in owner ? eq(budget.keyId, owner.keyId) : eq(budget.groupId, owner.groupId);
      const [row] = await overview(tx).where(and(whose, eq(budget.window, window)));
      return row;
    },

    async findOwner(tx: Transaction, id: number): Promise<BudgetOwner | undefined> {
      const [row] = await tx
        .select({ keyId: budget.keyId, groupId: budget.groupId })
        .from(budget)
        .where(eq(budget.id, id));
      if (row === undefined) return undefined;
      // The table's check: exactly one of the two is set.
      return row.keyId === null ? { groupId: row.groupId ?? 0 } : { keyId: row.keyId };
    },

    async findById(tx: Transaction, id: number): Promise<Budget | undefined> {
      const [row] = await overview(tx).where(eq(budget.id, id));
      return row;
    },

    /** A new budget counts what its window has seen already: the ledger knows. */
    async insert(
      tx: Transaction,
      owner: BudgetOwner,
      window: BudgetWindow,
      limitAmount: Money,
    ): Promise<void> {
      const [row] = await tx
        .insert(budget)
        .values({ ...owner, window, limitAmount })
        .returning({ id: budget.id });
      if (row === undefined) throw new Error('budget was not written');
      const whose = 'keyId' in owner ? sql`l.key_id = ${owner.keyId}` : sql`l.group_id = ${owner.groupId}`;
      await tx.execute(sql`
        insert into budget_period (budget_id, starts_on, used)
        select ${row.id}, budget_starts_on(${window}), coalesce(sum(l.quota_change - l.balance_change), 0)
        from ledger l where ${whose} and l.exchange_id is not null
          and budget_starts_on(${window}, l.day) = budget_starts_on(${window})`);
    },

    async setLimit(tx: Transaction, id: number, limitAmount: Money): Promise<void> {
      await tx.update(budget).set({ limitAmount, updatedAt: sql`now()` }).where(eq(budget.id, id));
    },

    async remove(tx: Transaction, id: number): Promise<void> {
      await tx.delete(budget).where(eq(budget.id, id));
    },

    async list({
      keyId,
      groupId,
      limit,
      offset,
      isAscending,
    }: Page & {
      keyId?: number | undefined;
      groupId?: number | undefined;
      isAscending: boolean;
    }): Promise<Listing<Budget>> {
      const where = and(
        keyId === undefined ? undefined : eq(budget.keyId, keyId),
        groupId === undefined ? undefined : eq(budget.groupId, groupId),
      );
      const order = isAscending ? asc(budget.id) : desc(budget.id);
      const items = await overview(db).where(where).orderBy(order).limit(limit).offset(offset);
      return { items, total: await db.$count(budget, where) };
    },
  };
}

export type BudgetRepository = ReturnType<typeof createBudgetRepository>;
