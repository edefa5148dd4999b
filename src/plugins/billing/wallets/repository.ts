// Wallets outside the hot path: opening, quota, recharges and their history. Each verb takes the caller's
// transaction, so that a key, its wallet and its first payment are one commit.
import { desc, eq, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../../db/client.ts';
import { groupWallet, ledger, payment, quotaPeriod, wallet } from '../../../db/schema/billing.ts';
import { billingMonth } from '../../../db/schema/views.ts';
import type { Money } from '../../../lib/money.ts';
import type { Listing, Page } from '../../../lib/page.ts';

export interface Credit {
  keyId: number;
  amount: Money;
  /** `bootstrap` or `key:<id>`. */
  actor: string;
  reason: string;
  requestId: string;
  /** When what is left of it lapses; absent or null: never. */
  expiresAt?: Date | null;
}

export interface Payment {
  id: number;
  keyId: number;
  amount: Money;
  balanceAfter: Money;
  actor: string;
  reason: string;
  createdAt: Date;
}

const paymentColumns = {
  id: payment.id,
  keyId: payment.keyId,
  amount: payment.amount,
  balanceAfter: payment.balanceAfter,
  actor: payment.actor,
  reason: payment.reason,
  createdAt: payment.createdAt,
};

export function createWalletRepository({ db }: { db: Database['db'] }) {
  return {
    async open(tx: Transaction, keyId: number, monthQuota: Money): Promise<void> {
      await tx.insert(wallet).values({ keyId, monthQuota });
    },

    async openGroup(tx: Transaction, groupId: number): Promise<void> {
      await tx.insert(groupWallet).values({ groupId });
    },

    /** The quota of this month and of those to come. What the month has used stays as it was charged. */
    async setMonthQuota(tx: Transaction, keyId: number, monthQuota: Money): Promise<void> {
      await tx.update(wallet).set({ monthQuota }).where(eq(wallet.keyId, keyId));
      await tx
        .insert(quotaPeriod)
        .values({ keyId, month: billingMonth as never, quotaLimit: monthQuota })
        .onConflictDoUpdate({
          target: [quotaPeriod.keyId, quotaPeriod.month],
          set: { quotaLimit: monthQuota },
        });
    },

    /** Locks the wallet until the transaction ends. */
    async lock(tx: Transaction, keyId: number): Promise<{ balance: Money } | undefined> {
      const [row] = await tx
        .select({ balance: wallet.balance })
        .from(wallet)
        .where(eq(wallet.keyId, keyId))
        .for('update');
      return row;
    },

    /** Balance, ledger entry and payment, together. */
    async credit(tx: Transaction, credit: Credit): Promise<Payment> {
      const [updated] = await tx
        .update(wallet)
        .set({ balance: sql`${wallet.balance} + ${credit.amount}` })
        .where(eq(wallet.keyId, credit.keyId))
        .returning({ balance: wallet.balance });
      const [entry] = await tx
        .insert(ledger)
        .values({
          keyId: credit.keyId,
          kind: 'recharge',
          balanceChange: credit.amount,
          actor: credit.actor,
          reason: credit.reason,
          requestId: credit.requestId,
        })
        .returning({ id: ledger.id });
      if (updated === undefined || entry === undefined) throw new Error(`no wallet for key ${credit.keyId}`);
      const [row] = await tx
        .insert(payment)
        .values({
          keyId: credit.keyId,
          ledgerId: entry.id,
          amount: credit.amount,
          balanceAfter: updated.balance,
          actor: credit.actor,
          reason: credit.reason,
          expiresAt: credit.expiresAt ?? null,
        })
        .returning(paymentColumns);
      if (row === undefined) throw new Error('payment was not written');
      return row;
    },

    async listPayments(
      filter: Page & { keyId?: number | undefined; isAscending: boolean },
    ): Promise<Listing<Payment>> {
      const where = filter.keyId === undefined ? undefined : eq(payment.keyId, filter.keyId);
      const items = await db
        .select(paymentColumns)
        .from(payment)
        .where(where)
        .orderBy(filter.isAscending ? payment.id : desc(payment.id))
        .limit(filter.limit)
        .offset(filter.offset);
      return { items, total: await db.$count(payment, where) };
    },
  };
}

export type WalletRepository = ReturnType<typeof createWalletRepository>;
