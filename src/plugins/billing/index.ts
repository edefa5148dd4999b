// Money: holds, settlements, wallets, payments. The only room that changes a balance.
import { randomUUID } from 'node:crypto';
import fp from 'fastify-plugin';
import type { Transaction } from '../../db/client.ts';
import type { Money } from '../../lib/money.ts';
import { BalanceOutOfRange, IdempotencyConflict } from './errors.ts';
import { type BillingRepository, createBillingRepository, type LedgerAudit } from './repository.ts';
import { billingRoutes } from './routes.ts';
import { type BillingService, createBillingService } from './service.ts';
import { type Credit, createWalletRepository, type Payment } from './wallets/repository.ts';

export type { ChargeBasis } from './charge.ts';
export type { Price, PriceBand } from './price.ts';
export type { LedgerAudit } from './repository.ts';
export type { Hold, HoldDecision, HoldRequest, Settlement } from './service.ts';

export interface BillingOptions {
  /** How long a process may be silent before others settle its holds, ms. */
  leaseMs: number;
  /** How long a shutdown waits for settlements, ms. */
  flushMs: number;
  isDatabaseAway(error: unknown): boolean;
}

declare module 'fastify' {
  interface FastifyInstance {
    billing: Pick<BillingService, 'admit' | 'settle' | 'release' | 'reap' | 'audit'> & {
      openWallet(tx: Transaction, keyId: number, monthQuota: Money): Promise<void>;
      setMonthQuota(tx: Transaction, keyId: number, monthQuota: Money): Promise<void>;
      /** Adds to a balance, once per idempotency key; a repeat answers the first payment. */
      credit(tx: Transaction, credit: Credit): Promise<Payment>;
    };
  }
}

/** The largest balance, 10^-10 USD; the tables enforce it too. */
const MAX_BALANCE = 10n ** 18n;

export default fp<BillingOptions>(
  async (app, options) => {
    const repository: BillingRepository = createBillingRepository({ sql: app.database.prioritySql });
    const wallets = createWalletRepository({ db: app.database.db });
    const service = createBillingService({
      repository,
      owner: randomUUID(),
      leaseMs: options.leaseMs,
      now: () => new Date(),
      isDatabaseAway: options.isDatabaseAway,
      log: app.log,
    });

    app.decorate('billing', {
      admit: service.admit,
      settle: service.settle,
      release: service.release,
      reap: service.reap,
      audit: (): Promise<LedgerAudit> => service.audit(),
      openWallet: wallets.open,
      async setMonthQuota(tx, keyId, monthQuota) {
        await wallets.lock(tx, keyId);
        await wallets.setMonthQuota(tx, keyId, monthQuota);
      },
      async credit(tx, credit) {
        if (credit.idempotencyKey !== null)
          await wallets.lockIdempotencyKey(tx, credit.actor, credit.idempotencyKey);
        const current = await wallets.lock(tx, credit.keyId);
        if (credit.idempotencyKey !== null) {
          const earlier = await wallets.findPayment(tx, credit.actor, credit.idempotencyKey);
          if (earlier?.keyId === credit.keyId && earlier.amount === credit.amount) return earlier;
          if (earlier !== undefined) throw new IdempotencyConflict();
        }
        if (current === undefined || current.balance + credit.amount > MAX_BALANCE)
          throw new BalanceOutOfRange();
        return wallets.credit(tx, credit);
      },
    });
    app.register(billingRoutes, { wallets });

    await service.renewLease();
    keepLease(service, options.leaseMs, (error) => app.log.error({ err: error }, 'lease or reaper failed'));
    app.addHook('onClose', () => service.flush(options.flushMs));

    function keepLease(of: BillingService, leaseMs: number, onError: (error: unknown) => void) {
      const timer = setInterval(() => {
        of.renewLease().catch(onError);
        of.reap().catch(onError);
      }, leaseMs / 3);
      timer.unref();
      app.addHook('preClose', async () => clearInterval(timer));
    }
  },
  { name: 'billing', fastify: '5.x', dependencies: ['database', 'auth'] },
);
