// What an exchange was charged is never edited: an entry of its own takes more or gives back, and the same sums follow.
import { sql } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import type { Money } from '../../../lib/money.ts';
import { CorrectionTooLarge, ExchangeUnknown } from '../errors.ts';

export interface Correction {
  exchangeId: string;
  /** Positive: charge more; negative: give back. 10^-10 USD. */
  amount: Money;
  kind: 'adjustment' | 'refund';
  reason: string;
  /** Unique over all entries: the same one twice moves nothing the second time. Null: no such guard. */
  reference: string | null;
  /** `bootstrap`, `key:<id>` or `gateway`. */
  actor: string;
  requestId: string;
}

export interface Corrected {
  ledgerId: number;
  balanceChange: Money;
  quotaChange: Money;
}

interface Settled {
  usageId: number;
  keyId: number;
  groupId: number | null;
  day: string;
  month: string;
  status: string;
  /** As it was settled. */
  charged: Money;
  /** Charged and corrected so far. */
  fee: Money;
}

/** The exchange as it stands, its wallets locked: key first, then group, as every statement does. */
async function lockSettled(tx: Transaction, exchangeId: string): Promise<Settled | undefined> {
  const [found] = await tx.execute<Record<string, string | null>>(sql`
    select u.key_id, u.group_id from usage u where u.exchange_id = ${exchangeId}::uuid`);
  if (found === undefined) return undefined;
  await tx.execute(sql`select from wallet where key_id = ${found.key_id}::bigint for update`);
  await tx.execute(sql`select from group_wallet where group_id = ${found.group_id}::bigint for update`);
  const [row] = await tx.execute<Record<string, string>>(sql`
    select u.id, u.key_id, u.day::text, u.status, u.fee::text as charged, (u.fee + u.correction)::text as fee,
      coalesce(l.month, billing_month(u.day))::text as month
    from usage u left join ledger l on l.exchange_id = u.exchange_id and l.kind = 'usage'
    where u.exchange_id = ${exchangeId}::uuid`);
  if (row === undefined) return undefined;
  return {
    usageId: Number(row.id),
    keyId: Number(row.key_id),
    groupId: found.group_id === null ? null : Number(found.group_id),
    day: String(row.day),
    month: String(row.month),
    status: String(row.status),
    charged: BigInt(row.charged ?? 0),
    fee: BigInt(row.fee ?? 0),
  };
}

async function isPosted(tx: Transaction, reference: string | null): Promise<boolean> {
  if (reference === null) return false;
  const rows = await tx.execute(sql`select from ledger where reference = ${reference}`);
  return rows.length > 0;
}

/** More is taken as a charge is: the month's quota first. Less goes back to the balance as far as it had paid. */
async function quotaPartOf(tx: Transaction, exchangeId: string, of: Settled, amount: Money): Promise<Money> {
  if (amount > 0n) {
    const [row] = await tx.execute<{ free: string }>(sql`
      select greatest(quota_limit - used, 0)::text as free from quota_period
      where key_id = ${of.keyId} and month = ${of.month}::date for update`);
    const free = BigInt(row?.free ?? 0);
    return amount < free ? amount : free;
  }
  const [row] = await tx.execute<{ paid: string }>(sql`
    select coalesce(-sum(balance_change), 0)::text as paid from ledger
    where exchange_id = ${exchangeId}::uuid and kind in ('usage', 'refund', 'adjustment')`);
  const paid = BigInt(row?.paid ?? 0);
  const back = -amount;
  return back <= paid ? 0n : paid - back;
}

async function post(tx: Transaction, correction: Correction, of: Settled): Promise<Corrected> {
  const { exchangeId, amount } = correction;
  if (of.fee + amount < 0n) throw new CorrectionTooLarge();
  const quota = await quotaPartOf(tx, exchangeId, of, amount);
  const balance = quota - amount;
  await tx.execute(sql`
    update quota_period set used = used + ${String(quota)}::bigint
    where key_id = ${of.keyId} and month = ${of.month}::date`);
  await tx.execute(sql`
    update wallet set balance = balance + ${String(balance)}::bigint, total_fee = total_fee + ${String(amount)}::bigint
    where key_id = ${of.keyId}`);
  await tx.execute(sql`
    update group_wallet set total_fee = total_fee + ${String(amount)}::bigint where group_id = ${of.groupId}::bigint`);
  await tx.execute(sql`
    update budget_period p set used = p.used + ${String(amount)}::bigint from budget b
    where p.budget_id = b.id and p.starts_on = budget_starts_on(b."window", ${of.day}::date)
      and (b.key_id = ${of.keyId} or b.group_id = ${of.groupId}::bigint)`);
  await tx.execute(sql`
    update usage set correction = correction + ${String(amount)}::bigint where exchange_id = ${exchangeId}::uuid`);
  const [entry] = await tx.execute<{ id: string }>(sql`
    insert into ledger (key_id, kind, balance_change, quota_change, month, day, group_id, exchange_id, actor, reason,
      reference, request_id)
    values (${of.keyId}, ${correction.kind}, ${String(balance)}::bigint, ${String(quota)}::bigint, ${of.month}::date,
      ${of.day}::date, ${of.groupId}::bigint, ${exchangeId}::uuid, ${correction.actor}, ${correction.reason},
      ${correction.reference}, ${correction.requestId})
    returning id`);
  return { ledgerId: Number(entry?.id), balanceChange: balance, quotaChange: quota };
}

/**
 * Corrects the charge of a settled exchange in the caller's transaction. Who corrects several in one transaction does
 * so in the order of their keys, or meets another in a deadlock.
 * @returns what moved; undefined when nothing had to: no amount, or this reference was posted before
 * @throws ExchangeUnknown, CorrectionTooLarge (more given back than was charged)
 */
export async function correct(tx: Transaction, correction: Correction): Promise<Corrected | undefined> {
  const settled = await lockSettled(tx, correction.exchangeId);
  if (settled === undefined) throw new ExchangeUnknown();
  if (correction.amount === 0n || (await isPosted(tx, correction.reference))) return undefined;
  return post(tx, correction, settled);
}

/**
 * The truth about an exchange that another process has settled as an estimate meanwhile: the difference is entered.
 * Everything else that is settled stays as it is.
 * @param fee what it should have cost
 */
export async function correctEstimate(
  tx: Transaction,
  {
    exchangeId,
    fee,
    reason,
    requestId,
  }: { exchangeId: string; fee: Money; reason: string; requestId: string },
): Promise<Corrected | undefined> {
  const settled = await lockSettled(tx, exchangeId);
  const reference = `late:${exchangeId}`;
  if (settled?.status !== 'abandoned' || settled.charged === fee) return undefined;
  if (await isPosted(tx, reference)) return undefined;
  const change = fee - settled.charged;
  // Some of the estimate may have been refunded meanwhile: what is left of it is all that can be given back.
  const amount = change < -settled.fee ? -settled.fee : change;
  if (amount === 0n) return undefined;
  return post(
    tx,
    { exchangeId, amount, kind: 'adjustment', reason, reference, actor: 'gateway', requestId },
    settled,
  );
}
