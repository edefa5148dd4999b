// The books are proved again and again, not only when somebody asks.
import type { LedgerAudit, LedgerAuditRepository } from './repository.ts';

export interface AuditorOptions {
  repository: LedgerAuditRepository;
  log: { error(facts: object, message: string): void };
}

export function createAuditor({ repository, log }: AuditorOptions) {
  let last: LedgerAudit | undefined;

  async function audit(): Promise<LedgerAudit> {
    last = await repository.audit();
    return last;
  }

  return {
    audit,
    /** The same, and says in the log what is wrong. */
    async look(): Promise<void> {
      const { ok, invariants } = await audit();
      if (!ok)
        log.error({ wrong: invariants.filter(({ wrong }) => wrong > 0) }, 'the ledger does not add up');
    },
    /** Of this process; undefined before the first. */
    get last() {
      return last;
    },
  };
}

export type Auditor = ReturnType<typeof createAuditor>;
