// Advisory locks of PostgreSQL: how processes that share a database take turns. A lock belongs to a session
// and is gone with it, however the process ends.
import type postgres from 'postgres';

/** Our locks, in one place so that none is used twice. Two 32-bit halves: ours ('brc' in ASCII), then which. */
const NAMESPACE = 0x627263;
export const LOCKS = { migrate: 1, embeddedServerInUse: 2, testTemplate: 3 } as const;
export type LockName = keyof typeof LOCKS;

/** Another session held the lock for too long. */
export class LockTimeoutError extends Error {
  override readonly name = 'LockTimeoutError';
}

/**
 * Runs the work while this database's lock of that name is held by nobody else.
 * @param sql a client with `max: 1`, or a reserved connection: the lock is the session's
 * @throws LockTimeoutError after `timeoutMs` of waiting
 */
export async function withAdvisoryLock<T>(
  sql: postgres.Sql,
  name: LockName,
  options: { timeoutMs: number },
  work: () => Promise<T>,
): Promise<T> {
  try {
    await sql`select set_config('lock_timeout', ${String(options.timeoutMs)}, false)`;
    await sql`select pg_advisory_lock(${NAMESPACE}::int, ${LOCKS[name]}::int)`;
  } catch (error) {
    // 55P03: lock_not_available
    if (!(error instanceof Error && 'code' in error && error.code === '55P03')) throw error;
    const waited = `${Math.round(options.timeoutMs / 1000)} s`;
    throw new LockTimeoutError(
      `Another process has held the database's lock "${name}" for more than ${waited}`,
    );
  }
  try {
    return await work();
  } finally {
    // When the connection is lost the lock is gone with it.
    await sql`select pg_advisory_unlock(${NAMESPACE}::int, ${LOCKS[name]}::int)`.catch(() => undefined);
  }
}

/** Joins the sessions that share the lock; waits while one has it alone. */
export async function shareLock(sql: postgres.Sql, name: LockName): Promise<void> {
  await sql`select pg_advisory_lock_shared(${NAMESPACE}::int, ${LOCKS[name]}::int)`;
}

/** Leaves the sharing sessions. @returns whether nobody was left, in which case the lock is now ours alone. */
export async function leaveSharedLock(sql: postgres.Sql, name: LockName): Promise<boolean> {
  await sql`select pg_advisory_unlock_shared(${NAMESPACE}::int, ${LOCKS[name]}::int)`;
  const [row] = await sql<[{ last: boolean }]>`
    select pg_try_advisory_lock(${NAMESPACE}::int, ${LOCKS[name]}::int) as last`;
  return row.last;
}
