// Money: holds, settlements, wallets, budgets, the ledger. The only room that changes a balance.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import fp from 'fastify-plugin';
import type { Usage } from '../../canonical/usage.ts';
import type { Transaction } from '../../db/client.ts';
import type { ModelKind } from '../../db/schema/models.ts';
import type { Money } from '../../lib/money.ts';
import { createAuditRepository, type LedgerAudit } from './audit/repository.ts';
import { auditRoutes } from './audit/routes.ts';
import { createAuditor } from './audit/service.ts';
import { createBudgetRepository } from './budgets/repository.ts';
import { budgetRoutes } from './budgets/routes.ts';
import { agreeOnCalendar, type BillingCalendar } from './calendar.ts';
import type { Charge, ChargeBasis } from './charge.ts';
import { type Corrected, type Correction, correct, correctEstimate } from './corrections/repository.ts';
import { BalanceOutOfRange } from './errors.ts';
import { createHoldRepository } from './holds/repository.ts';
import { forgetAnswers, type KeptAnswer, type OnceKey, once } from './idempotency/repository.ts';
import { createReaper, LOOKS_PER_LEASE } from './leases/reaper.ts';
import { createLeaseRepository } from './leases/repository.ts';
import { createMovementRepository } from './movements/repository.ts';
import { movementRoutes } from './movements/routes.ts';
import { createMovementService } from './movements/service.ts';
import { type ChargedPrice, type Price, priceUsage } from './price.ts';
import { billingRoutes } from './routes.ts';
import { abandoned, chargeOf, dearestOf, type HoldRequest, type PricedHold } from './rows.ts';
import { type BillingService, createBillingService } from './service.ts';
import { createSettlementRepository, type SettlementRow } from './settlements/repository.ts';
import { createReplay } from './spool/replay.ts';
import { createSpool } from './spool/spool.ts';
import { type Credit, createWalletRepository, type Payment } from './wallets/repository.ts';

export type { Attempt } from '../../db/schema/billing.ts';
export type { Invariant, LedgerAudit } from './audit/repository.ts';
export type { Charge, ChargeBasis } from './charge.ts';
export type { Corrected, Correction } from './corrections/repository.ts';
export type { HoldLimit } from './holds/repository.ts';
export type { Price, PriceBand } from './price.ts';
export type { Hold, HoldRequest, Settlement } from './rows.ts';
export type { HoldDecision } from './service.ts';

export interface BillingOptions {
  /** How long a process may be silent before others settle its holds, ms. */
  leaseMs: number;
  /** When a billing month begins: IANA zone, day of the calendar month (1 to 28). */
  calendar: BillingCalendar;
  /** Holds the settlement spool; absolute. */
  dataDir: string;
  /** How long a shutdown waits for settlements, ms. */
  flushMs: number;
  /** How often the books are proved, ms; 0: only when asked. */
  auditMs: number;
  isDatabaseAway(error: unknown): boolean;
  isUnsent(error: unknown): boolean;
}

declare module 'fastify' {
  interface FastifyInstance {
    billing: Pick<BillingService, 'admit' | 'settle' | 'release' | 'noteProgress'> & {
      /** One look for processes that died: their spooled settlements, then their holds. @returns holds settled */
      reap(): Promise<number>;
      /** Takes back what is left of prepaid amounts whose time has come. @returns payments dealt with */
      lapse(): Promise<number>;
      /** Proves the books now. */
      audit(): Promise<LedgerAudit>;
      openWallet(tx: Transaction, keyId: number, monthQuota: Money): Promise<void>;
      /** A group's wallet, with the group. */
      openGroupWallet(tx: Transaction, groupId: number): Promise<void>;
      setMonthQuota(tx: Transaction, keyId: number, monthQuota: Money): Promise<void>;
      /** Adds to a balance. */
      credit(tx: Transaction, credit: Credit): Promise<Payment>;
      /** Of requests that differ in who may answer, the one whose hold is the largest: it covers them all. */
      dearestOf(requests: readonly [HoldRequest, ...HoldRequest[]]): HoldRequest;
      /** What an exchange that ends so will cost; nothing is written. */
      chargeOf(ended: { hold: PricedHold; basis: ChargeBasis }): Charge;
      /** What so much of this kind of work costs, and the band that says so; nothing is written. */
      priceUsage(usage: Usage, price: Price, kind: ModelKind): { fee: Money; price: ChargedPrice };
      /** Corrects the charge of a settled exchange; undefined when its reference was posted before. */
      correct(tx: Transaction, correction: Correction): Promise<Corrected | undefined>;
      /** Does a money change once per actor and `Idempotency-Key`, in the caller's transaction. */
      once<T extends KeptAnswer>(tx: Transaction, key: OnceKey, work: () => Promise<T>): Promise<T>;
      /** Settlements that wait for the database; those of them that are on the local disk. */
      readonly waiting: { settlements: number; spooled: number };
    };
  }
}

/** The largest balance, 10^-10 USD; the tables enforce it too. */
const MAX_BALANCE = 10n ** 18n;
const HOUSEKEEPING_MS = 60_000;

export default fp<BillingOptions>(
  async (app, options) => {
    const { database, log } = app;
    await agreeOnCalendar(database.sql, options.calendar, log);
    const owner = randomUUID();
    const leases = createLeaseRepository({ database });
    const wallets = createWalletRepository({ db: database.db });
    const spool = createSpool({ folder: join(options.dataDir, 'spool'), owner });
    const service = createBillingService({
      holds: createHoldRepository({ database }),
      settlements: createSettlementRepository({ database }),
      correctEstimate: correctLate,
      spool,
      owner,
      now: () => new Date(),
      isDatabaseAway: options.isDatabaseAway,
      isUnsent: options.isUnsent,
      renewConnections: () => database.renewPrioritySql(),
      log,
    });
    const reaper = createReaper({
      leases,
      owner,
      leaseMs: options.leaseMs,
      now: () => performance.now(),
      settle: (orphan) => service.settleNow(abandoned(orphan)),
      log,
    });
    const replay = createReplay({ spool, isLiving: leases.isLiving, settle: service.settleNow, log });
    const movements = createMovementService({
      repository: createMovementRepository({ db: database.db }),
      once,
      correct,
      auditLog: app.auditLog,
    });
    const auditor = createAuditor({ repository: createAuditRepository({ sql: database.sql }), log });

    app.decorate('billing', {
      admit: service.admit,
      settle: service.settle,
      release: service.release,
      noteProgress: service.noteProgress,
      reap,
      lapse: movements.lapse,
      audit: auditor.audit,
      dearestOf,
      chargeOf,
      priceUsage,
      correct,
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
      get waiting() {
        return { settlements: service.unsettledCount, spooled: spool.size };
      },
    });
    app.register(billingRoutes, { wallets });
    app.register(movementRoutes, { movements });
    app.register(budgetRoutes, {
      budgets: createBudgetRepository({ db: database.db }),
      auditLog: app.auditLog,
    });
    app.register(auditRoutes, { auditor });

    // The last hook runs first: what is done again and again has ended by then.
    app.addHook('onClose', async () => {
      await service.flush(options.flushMs);
      await leases.end(owner).catch(() => undefined);
    });

    await leases.renew(owner, options.leaseMs);
    every(
      options.leaseMs / LOOKS_PER_LEASE,
      (err) => log.error({ err }, 'lease or reaper failed'),
      async () => {
        await leases.renew(owner, options.leaseMs);
        await reap();
      },
    );
    every(
      HOUSEKEEPING_MS,
      (err) => log.error({ err }, 'housekeeping failed'),
      async () => {
        await movements.lapse();
        await forgetAnswers(database.sql);
      },
    );
    if (options.auditMs > 0)
      every(options.auditMs, (err) => log.error({ err }, 'the ledger could not be audited'), auditor.look);
    async function reap(): Promise<number> {
      // The truth first: what is read from a spool need not be estimated.
      await replay.look();
      return reaper.look();
    }

    function correctLate({ exchangeId, settled }: SettlementRow) {
      const fee = settled?.charge.fee ?? 0n;
      const reason = settled === null ? 'nothing was sent' : `late settlement: ${settled.status}`;
      const requestId = settled?.requestId ?? '';
      return database.db.transaction((tx) => correctEstimate(tx, { exchangeId, fee, reason, requestId }));
    }

    /**
     * Does work at once and again and again, one after the other, until the app has closed: a lease must outlive the
     * exchanges that a shutdown lets finish.
     */
    function every(pauseMs: number, onError: (error: unknown) => void, work: () => Promise<unknown>): void {
      let running: Promise<unknown> | undefined;
      const run = () => {
        running ??= work()
          .catch(onError)
          .finally(() => {
            running = undefined;
          });
      };
      const timer = setInterval(run, pauseMs);
      timer.unref();
      run();
      app.addHook('onClose', async () => {
        clearInterval(timer);
        await running;
      });
    }
  },
  { name: 'billing', fastify: '5.x', dependencies: ['database', 'auth', 'audit-log'] },
);
