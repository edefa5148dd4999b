// Money: holds, settlements, wallets, payments. The only room that changes a balance.
import { randomUUID } from 'node:crypto';
import fp from 'fastify-plugin';
import type { Transaction } from '../../db/client.ts';
import type { Money } from '../../lib/money.ts';
import { agreeOnCalendar, type BillingCalendar } from './calendar.ts';
import { BalanceOutOfRange } from './errors.ts';
import { type KeptAnswer, type OnceKey, once } from './idempotency.ts';
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
  /** When a billing month begins: IANA zone, day of the calendar month (1 to 28). */
  calendar: BillingCalendar;
  /** How long a shutdown waits for settlements, ms. */
  flushMs: number;
  isDatabaseAway(error: unknown): boolean;
}

declare module 'fastify' {
  interface FastifyInstance {
    billing: Pick<BillingService, 'admit' | 'settle' | 'release' | 'reap' | 'audit'> & {
      /** A group's wallet, with the group. */
      openGroupWallet(tx: Transaction, groupId: number): Promise<void>;
      openWallet(tx: Transaction, keyId: number, monthQuota: Money): Promise<void>;
      setMonthQuota(tx: Transaction, keyId: number, monthQuota: Money): Promise<void>;
      /** Adds to a balance. */
      credit(tx: Transaction, credit: Credit): Promise<Payment>;
      /** Does a money change once per actor and `Idempotency-Key`, in the caller's transaction. */
      once<T extends KeptAnswer>(tx: Transaction, key: OnceKey, work: () => Promise<T>): Promise<T>;
    };
  }
}

/** The largest balance, 10^-10 USD; the tables enforce it too. */
const MAX_BALANCE = 10n ** 18n;

export default fp<BillingOptions>(
  async (app, options) => {
    await agreeOnCalendar(app.database.sql, options.calendar, app.log);
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
      once,
      openGroupWallet: wallets.openGroup,
      openWallet: wallets.open,
      async setMonthQuota(tx, keyId, monthQuota) {
        await wallets.lock(tx, keyId);
        await wallets.setMonthQuota(tx, keyId, monthQuota);
      },
      async credit(tx, credit) {
        const current = await wallets.lock(tx, credit.keyId);
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
