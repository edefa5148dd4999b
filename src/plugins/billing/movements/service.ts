// Money moved by an administrator, and prepaid money that lapses.
import type { FastifyInstance } from 'fastify';
import type { Transaction } from '../../../db/client.ts';
import { formatMoney, type Money } from '../../../lib/money.ts';
import type { Corrected, Correction } from '../corrections/repository.ts';
import { BalanceOutOfRange, BalanceTooSmall, ExchangeUnknown, WalletUnknown } from '../errors.ts';
import type { KeptAnswer, OnceKey } from '../idempotency/repository.ts';
import type { LockedWallet, MovementRepository } from './repository.ts';

export interface MovementDeps {
  repository: MovementRepository;
  once<T extends KeptAnswer>(tx: Transaction, key: OnceKey, work: () => Promise<T>): Promise<T>;
  correct(tx: Transaction, correction: Correction): Promise<Corrected | undefined>;
  auditLog: Pick<FastifyInstance['auditLog'], 'record'>;
}

/** Who moves money, in which request. */
export interface Mover {
  actor: string;
  requestId: string;
  idempotencyKey: string | null;
}

const MAX_BALANCE = 10n ** 18n;
const LAPSES_AT_ONCE = 100;

export function createMovementService({ repository, once, correct, auditLog }: MovementDeps) {
  async function lockWallet(tx: Transaction, field: string, keyId: number): Promise<LockedWallet> {
    const wallet = await repository.lock(tx, keyId);
    if (wallet === undefined) throw new WalletUnknown(field);
    return wallet;
  }

  return {
    /** Adds to a balance or takes from it; below zero is allowed: the key is then refused until it is made good. */
    adjust(
      { keyId, amount, reason }: { keyId: number; amount: Money; reason: string },
      mover: Mover,
    ): Promise<{ balance: string }> {
      return repository.transaction((tx) =>
        once(tx, { ...mover, request: ['adjust', keyId, String(amount), reason] }, async () => {
          const { balance } = await lockWallet(tx, 'key_id', keyId);
          const after = balance + amount;
          if (after > MAX_BALANCE || after < -MAX_BALANCE) throw new BalanceOutOfRange();
          const author = { ...mover, reason };
          await repository.enter(tx, { keyId, amount, kind: 'adjustment', counterpartKeyId: null, author });
          await auditLog.record(tx, mover, {
            action: 'ledger.adjust',
            target: `key:${keyId}`,
            before: { balance: formatMoney(balance) },
            after: { balance: formatMoney(after), reason },
          });
          return { balance: formatMoney(after) };
        }),
      );
    },

    /** Gives back what an exchange was charged, or a part of it. `amount` null: all that is left of it. */
    refund(
      { threadId, amount, reason }: { threadId: number; amount: Money | null; reason: string },
      mover: Mover,
    ): Promise<{ amount: string; balance_change: string; quota_change: string }> {
      const request: OnceKey['request'] = [
        'refund',
        threadId,
        amount === null ? null : String(amount),
        reason,
      ];
      return repository.transaction((tx) =>
        once(tx, { ...mover, request }, async () => {
          const exchange = await repository.lockExchange(tx, threadId);
          if (exchange === undefined) throw new ExchangeUnknown();
          const { exchangeId, fee } = exchange;
          const back = amount ?? fee;
          const { actor, requestId } = mover;
          const moved = await correct(tx, {
            ...{ exchangeId, amount: -back, kind: 'refund', reason, reference: null, actor, requestId },
          });
          await auditLog.record(tx, mover, {
            action: 'ledger.refund',
            target: `thread:${threadId}`,
            before: { fee: formatMoney(fee) },
            after: { fee: formatMoney(fee - back), reason },
          });
          return {
            amount: formatMoney(back),
            balance_change: formatMoney(moved?.balanceChange ?? 0n),
            quota_change: formatMoney(moved?.quotaChange ?? 0n),
          };
        }),
      );
    },

    /** Moves prepaid money from one key to another; only what is not reserved by requests under way. */
    transfer(
      { from, to, amount, reason }: { from: number; to: number; amount: Money; reason: string },
      mover: Mover,
    ): Promise<{ from_balance: string; to_balance: string }> {
      return repository.transaction((tx) =>
        once(tx, { ...mover, request: ['transfer', from, to, String(amount), reason] }, async () => {
          const inOrder = from < to;
          const first = await lockWallet(tx, inOrder ? 'from_key_id' : 'to_key_id', Math.min(from, to));
          const second = await lockWallet(tx, inOrder ? 'to_key_id' : 'from_key_id', Math.max(from, to));
          const [source, target] = inOrder ? [first, second] : [second, first];
          if (freeBalance(source) < amount) throw new BalanceTooSmall();
          if (target.balance + amount > MAX_BALANCE) throw new BalanceOutOfRange();
          const author = { ...mover, reason };
          const kind = 'transfer';
          const left = await repository.enter(tx, {
            keyId: from,
            amount: -amount,
            kind,
            counterpartKeyId: to,
            author,
          });
          const got = await repository.enter(tx, { keyId: to, amount, kind, counterpartKeyId: from, author });
          await auditLog.record(tx, mover, {
            action: 'ledger.transfer',
            target: `key:${from}`,
            before: { balance: formatMoney(source.balance) },
            after: { balance: formatMoney(left), to: `key:${to}`, amount: formatMoney(amount), reason },
          });
          return { from_balance: formatMoney(left), to_balance: formatMoney(got) };
        }),
      );
    },

    /**
     * Takes back what is left of prepaid amounts whose time has come. What requests under way have reserved is spared:
     * it is about to be spent. Harmless on several replicas at once.
     */
    async lapse(): Promise<number> {
      const due = await repository.findLapsed(LAPSES_AT_ONCE);
      for (const { paymentId, keyId } of due) {
        await repository.transaction(async (tx) => {
          const wallet = await lockWallet(tx, 'key_id', keyId);
          const payment = await repository.lapsing(tx, paymentId);
          if (payment === undefined) return;
          const left = least(payment.amount, wallet.balance - payment.lasting, freeBalance(wallet));
          const amount = left < 0n ? 0n : left;
          if (amount > 0n) {
            const author = { actor: 'gateway', reason: `payment ${paymentId} has lapsed`, requestId: '' };
            await repository.enter(tx, {
              keyId,
              amount: -amount,
              kind: 'expiry',
              counterpartKeyId: null,
              author,
            });
          }
          await repository.markLapsed(tx, paymentId, amount);
        });
      }
      return due.length;
    },
  };
}

export type MovementService = ReturnType<typeof createMovementService>;

/** What of the balance no request under way may need; holds draw on the quota first. */
function freeBalance({ balance, held, quotaFree }: LockedWallet): Money {
  const needed = held - quotaFree;
  return needed > 0n ? balance - needed : balance;
}

function least(...amounts: [Money, ...Money[]]): Money {
  return amounts.reduce((low, amount) => (amount < low ? amount : low));
}
