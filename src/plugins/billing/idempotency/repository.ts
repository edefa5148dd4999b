// A money route answers a repeated `Idempotency-Key` as it answered the first time, and moves nothing again.
import { createHash } from 'node:crypto';
import { and, eq, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../../db/client.ts';
import { idempotency } from '../../../db/schema/billing.ts';
import { IdempotencyConflict } from '../errors.ts';

/** JSON that a first answer is kept as. */
export type KeptAnswer = string | number | boolean | null | { [name: string]: KeptAnswer } | KeptAnswer[];

export interface OnceKey {
  /** Who asks: keys of different actors never meet. */
  actor: string;
  /** Null: the caller gave none, so the work is done each time. */
  idempotencyKey: string | null;
  /** What is asked; the same key for something else is a conflict. */
  request: readonly [route: string, ...parts: (string | number | null)[]];
}

/**
 * Does `work` and keeps its answer, in the caller's transaction; a repeat gets the kept answer. Two requests with one
 * key wait for each other.
 * @throws IdempotencyConflict
 */
export async function once<T extends KeptAnswer>(
  tx: Transaction,
  { actor, idempotencyKey, request }: OnceKey,
  work: () => Promise<T>,
): Promise<T> {
  if (idempotencyKey === null) return work();
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${actor}), hashtext(${idempotencyKey}))`);
  const fingerprint = createHash('sha256').update(JSON.stringify(request)).digest('base64url');
  const [earlier] = await tx
    .select({ fingerprint: idempotency.fingerprint, answer: idempotency.answer })
    .from(idempotency)
    .where(and(eq(idempotency.actor, actor), eq(idempotency.idempotencyKey, idempotencyKey)));
  if (earlier === undefined) {
    const answer = await work();
    await tx.insert(idempotency).values({ actor, idempotencyKey, fingerprint, answer });
    return answer;
  }
  if (earlier.fingerprint !== fingerprint) throw new IdempotencyConflict();
  // Written by the line above from a T.
  return earlier.answer as T;
}

/** Repeats come within minutes; after a month the keys may be used again. */
export async function forgetAnswers(sql: Database['sql']): Promise<void> {
  await sql`delete from idempotency where created_at < now() - interval '30 days'`;
}
