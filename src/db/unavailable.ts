// Telling "the database is away" from every other failure, and not waiting for it longer than a caller should.

import { withDeadline } from '../lib/deadline.ts';

/** The database did not answer in time. What it was asked may still be done later. */
export class DatabaseTimeoutError extends Error {
  override readonly name = 'DatabaseTimeoutError';
  readonly code = 'DATABASE_TIMEOUT';
}

/** The contract: a caller hears of an absent database within three seconds. */
export const ANSWER_WITHIN_MS = 2_800;

const CODES_OF_ABSENCE = new Set([
  'DATABASE_TIMEOUT',
  // postgres.js
  'CONNECT_TIMEOUT',
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  // the operating system; ENOENT is a missing socket file
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  // PostgreSQL (errcodes appendix): shutdowns, starting up, too many connections, read-only after a failover
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '25006',
  // a full disk, no memory, a statement or lock given up for its time: the data are not to blame
  '53100',
  '53200',
  '57014',
  '55P03',
  '40P01',
  '40001',
]);

/**
 * Does this error, or what caused it (drizzle wraps), mean that the database cannot be reached or used now?
 * SQLSTATE class 08 counts as well. A lost connection leaves open whether a COMMIT happened.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth += 1) {
    const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
    if (CODES_OF_ABSENCE.has(code) || /^08\w{3}$/.test(code)) return true;
    // All addresses of a host name refused.
    if (cause instanceof AggregateError && cause.errors.some(isDatabaseUnavailable)) return true;
  }
  return false;
}

const CODES_OF_NO_CONNECTION = new Set([
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  '57P03',
  '53300',
]);

/** Does this error mean that there was no connection, so that the statement was never sent? */
export function isStatementUnsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && CODES_OF_NO_CONNECTION.has(String(error.code));
}

/**
 * The work's own result, unless it takes longer than `timeoutMs`.
 *
 * Needed besides the connection's time-out for a server that hangs, a pool that is full, and a proxy that accepts
 * and closes (postgres.js then reconnects forever). The work itself is not cancelled.
 * @throws DatabaseTimeoutError
 */
export function answerWithin<T>(work: Promise<T>, timeoutMs = ANSWER_WITHIN_MS): Promise<T> {
  const message = `The database did not answer within ${timeoutMs} ms`;
  return withDeadline(work, timeoutMs, () => new DatabaseTimeoutError(message));
}
