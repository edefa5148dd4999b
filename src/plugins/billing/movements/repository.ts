// Movements of balances that no exchange caused: adjustments, transfers, and prepaid money that lapses. Each verb
// takes the caller's transaction.
import { sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../../db/client.ts';
import type { LedgerKind } from '../../../db/schema/billing.ts';
import type { Money } from '../../../lib/money.ts';

/** Who moves money and why; all three stand in the ledger. */
export interface MovementAuthor {
  actor: string;
  reason: string;
  requestId: string;
}

export interface LockedWallet {
  balance: Money;
  held: Money;
  /** Left of this month's quota, 10^-10 USD. */
  quotaFree: Money;
}

interface Entry {
  keyId: number;
  amount: Money;
  kind: Extract<LedgerKind, 'adjustment' | 'transfer' | 'expiry'>;
  counterpartKeyId: number | null;
  author: MovementAuthor;
}

async function lock(tx: Transaction, keyId: number): Promise<LockedWallet | undefined> {
  // Its own statement: what the next one reads must be what is there once the lock is ours.
  await tx.execute(sql`select from wallet where key_id = ${keyId} for update`);
  const [row] = await tx.execute<Record<string, string>>(sql`
    select w.balance::text, w.held::text,
      greatest(coalesce(p.quota_limit - p.used, w.month_quota), 0)::text as free
    from wallet w left join quota_period p on p.key_id = w.key_id and p.month = billing_month()
    where w.key_id = ${keyId}`);
  if (row === undefined) return undefined;
  return {
    balance: BigInt(row.balance ?? 0),
    held: BigInt(row.held ?? 0),
    quotaFree: BigInt(row.free ?? 0),
  };
}

/** @returns the balance after it */
async function enter(
  tx: Transaction,
  { keyId, amount, kind, counterpartKeyId, author }: Entry,
): Promise<Money> {
  const [row] = await tx.execute<{ balance: string }>(sql`
    update wallet set balance = balance + ${String(amount)}::bigint where key_id = ${keyId} returning balance::text`);
  await tx.execute(sql`
    insert into ledger (key_id, kind, balance_change, counterpart_key_id, actor, reason, request_id)
    values (${keyId}, ${kind}, ${String(amount)}::bigint, ${counterpartKeyId}::bigint, ${author.actor},
      ${author.reason}, ${author.requestId})`);
  return BigInt(row?.balance ?? 0);
}

export function createMovementRepository({ db }: { db: Database['db'] }) {
  return {
    transaction: <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => db.transaction(work),
    lock,
    enter,

    /** The exchange of a thread, its wallet locked; undefined if there is none. */
    async lockExchange(
      tx: Transaction,
      threadId: number,
    ): Promise<{ exchangeId: string; fee: Money } | undefined> {
      await tx.execute(sql`
        select from wallet where key_id = (select key_id from usage where id = ${threadId}) for update`);
      const [row] = await tx.execute<Record<string, string>>(sql`
        select exchange_id::text, (fee + correction)::text as fee from usage where id = ${threadId}`);
      return row && { exchangeId: String(row.exchange_id), fee: BigInt(row.fee ?? 0) };
    },

    /** Payments whose time has come, oldest first. */
    async findLapsed(limit: number): Promise<{ paymentId: number; keyId: number }[]> {
      const rows = await db.execute<Record<string, string>>(sql`
        select id, key_id from payment where expires_at <= now() and expired_amount is null
        order by expires_at, id limit ${limit}`);
      return rows.map((row) => ({ paymentId: Number(row.id), keyId: Number(row.key_id) }));
    },

    /**
     * What is left of a prepaid amount whose time has come. Money that lapses sooner is spent sooner, so what came in
     * with a later end, or none, is what the balance keeps: payments, adjustments and transfers. Of what came in before
     * this payment, no more than the balance had then.
     * @returns undefined when another process has dealt with it
     */
    async lapsing(
      tx: Transaction,
      paymentId: number,
    ): Promise<{ amount: Money; lasting: Money } | undefined> {
      const [row] = await tx.execute<Record<string, string>>(sql`
        select p.amount::text, (
          select least(coalesce(sum(i.amount) filter (where i.ledger_id < p.ledger_id), 0),
              greatest(p.balance_after - p.amount, 0))
            + coalesce(sum(i.amount) filter (where i.ledger_id > p.ledger_id), 0)
          from (
            select o.ledger_id, o.amount from payment o
            where o.key_id = p.key_id and o.expired_amount is null
              and (o.expires_at is null or (o.expires_at, o.id) > (p.expires_at, p.id))
            union all
            select l.id, l.balance_change from ledger l
            where l.key_id = p.key_id and l.kind in ('adjustment', 'transfer') and l.exchange_id is null
              and l.balance_change > 0
          ) i
        )::text as lasting
        from payment p where p.id = ${paymentId} and p.expired_amount is null for update of p`);
      return row && { amount: BigInt(row.amount ?? 0), lasting: BigInt(row.lasting ?? 0) };
    },

    async markLapsed(tx: Transaction, paymentId: number, amount: Money): Promise<void> {
      await tx.execute(sql`
        update payment set expired_amount = ${String(amount)}::bigint where id = ${paymentId}`);
    },
  };
}

export type MovementRepository = ReturnType<typeof createMovementRepository>;
