import { eq, sql } from 'drizzle-orm';
import { GROUP_CHANGED, KEY_CHANGED, SECRET_EXEMPTED } from '../../db/channels.ts';
import type { Database, Transaction } from '../../db/client.ts';
import { consoleSession, exemptSecret, installation } from '../../db/schema/auth.ts';
import { keyCredential } from '../../db/schema/views.ts';
import { answerWithin } from '../../db/unavailable.ts';

export { GROUP_CHANGED, KEY_CHANGED, SECRET_EXEMPTED };

/** Leaves a busy process time to say so within the three seconds of the contract. */
const LOOKUP_MS = 2_500;

export type Credential = typeof keyCredential.$inferSelect;

export interface ConsoleSession {
  /** Null: the bootstrap key. */
  keyId: number | null;
  keyDigest: string;
  expiresAt: Date;
}

export function createAuthRepository({ db }: { db: Database['db'] }) {
  return {
    /** A living, active key, by any of its secrets, also one that has expired. Throws when the database does not answer in time: a chat must not wait for it. */
    async findByDigest(digest: string): Promise<Credential | undefined> {
      const [row] = await answerWithin(
        db.select().from(keyCredential).where(eq(keyCredential.digest, digest)).execute(),
        LOOKUP_MS,
      );
      return row;
    },

    async addSession(tokenDigest: string, session: ConsoleSession): Promise<void> {
      await db.insert(consoleSession).values({ tokenDigest, ...session });
      await db.delete(consoleSession).where(sql`${consoleSession.expiresAt} < now()`);
    },

    async findSession(tokenDigest: string): Promise<ConsoleSession | undefined> {
      const [row] = await answerWithin(
        db
          .select({
            keyId: consoleSession.keyId,
            keyDigest: consoleSession.keyDigest,
            expiresAt: consoleSession.expiresAt,
          })
          .from(consoleSession)
          .where(sql`${consoleSession.tokenDigest} = ${tokenDigest} and ${consoleSession.expiresAt} > now()`)
          .execute(),
        LOOKUP_MS,
      );
      return row;
    },

    async removeSession(tokenDigest: string): Promise<void> {
      await db.delete(consoleSession).where(eq(consoleSession.tokenDigest, tokenDigest));
    },

    async listExempt(): Promise<string[]> {
      const rows = await db.select({ digest: exemptSecret.digest }).from(exemptSecret);
      return rows.map(({ digest }) => digest);
    },

    /** Tells every replica, this one included. */
    async addExempt(tx: Transaction, digest: string): Promise<void> {
      await tx.insert(exemptSecret).values({ digest }).onConflictDoNothing();
      await tx.execute(sql`select pg_notify(${SECRET_EXEMPTED}, ${digest})`);
    },

    /** The fingerprint this database was set up with; ours if it had none. */
    async agreeOnPepper(fingerprint: string): Promise<string> {
      await db.insert(installation).values({ pepperFingerprint: fingerprint }).onConflictDoNothing();
      const [row] = await db.select({ fingerprint: installation.pepperFingerprint }).from(installation);
      return row?.fingerprint ?? fingerprint;
    },
  };
}

export type AuthRepository = ReturnType<typeof createAuthRepository>;
