// Settles, as estimates, the holds of processes that died. It must not touch those of a process that lives and only
// could not reach the database: whose lease has run out is watched for a while before it counts as dead.
import type { LeaseRepository, OrphanHold, SilentOwner } from './repository.ts';

export interface ReaperOptions {
  leases: Pick<LeaseRepository, 'findSilent' | 'findOrphans' | 'forgetDead'>;
  /** This process: it is not dead. */
  owner: string;
  leaseMs: number;
  /** Milliseconds of a monotonic clock. */
  now(): number;
  settle(orphan: OrphanHold): Promise<unknown>;
  log: { warn(facts: object, message: string): void };
}

const HOLDS_AT_ONCE = 500;
/** Shares of a lease: how often to look, how long to watch. Together with the lease itself they stay under two. */
export const LOOKS_PER_LEASE = 6;
const WATCHED_LOOKS = 3;

export function createReaper({ leases, owner, leaseMs, now, settle, log }: ReaperOptions) {
  const suspects = new Map<string, { expiredAt: string | null; since: number }>();
  const lookMs = leaseMs / LOOKS_PER_LEASE;
  let lastLook = now();

  /** The owners that have been silent for the whole watch. */
  function dead(silent: readonly SilentOwner[]): string[] {
    const at = now();
    // We have been away ourselves, with the database perhaps: nobody could renew in that time.
    if (at - lastLook > 2 * lookMs) suspects.clear();
    lastLook = at;
    const others = silent.filter((one) => one.owner !== owner);
    for (const known of suspects.keys())
      if (!others.some((one) => one.owner === known)) suspects.delete(known);
    return others.flatMap(({ owner: other, expiredAt }) => {
      const suspect = suspects.get(other);
      if (suspect?.expiredAt !== expiredAt) {
        suspects.set(other, { expiredAt, since: at });
        return [];
      }
      return at - suspect.since >= WATCHED_LOOKS * lookMs * 0.9 ? [other] : [];
    });
  }

  return {
    /** One look; to be called {@link LOOKS_PER_LEASE} times per lease. Harmless on several replicas at once. */
    async look(): Promise<number> {
      const owners = dead(await leases.findSilent());
      if (owners.length === 0) {
        await leases.forgetDead();
        return 0;
      }
      const orphans = await leases.findOrphans(owners, HOLDS_AT_ONCE);
      if (orphans.length === 0) return 0;
      log.warn({ count: orphans.length, owners }, 'settling holds of a process that died');
      const results = await Promise.allSettled(orphans.map(settle));
      return results.filter((result) => result.status === 'fulfilled').length;
    },
  };
}
