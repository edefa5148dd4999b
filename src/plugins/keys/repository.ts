import { and, asc, count, desc, eq, gt, ilike, isNull, or, type SQL, sql } from 'drizzle-orm';
import type { RequestSetting } from '../../canonical/request-settings.ts';
import { KEY_CHANGED } from '../../db/channels.ts';
import type { Database, Transaction } from '../../db/client.ts';
import { type KeyDefaults, key, type LoggingMode } from '../../db/schema/keys.ts';
import { keyOverview } from '../../db/schema/views.ts';
import { type Listing, likePattern, type Page, type Sort } from '../../lib/page.ts';

export type KeyOverview = typeof keyOverview.$inferSelect;
export type KeyColumn = 'id' | 'name' | 'month' | 'total' | 'quota' | 'balance' | 'update';

export type { KeyDefaults };

/** What differs from the columns' own defaults. */
export interface KeySettingColumns {
  expiresAt?: Date | null;
  allowedCidrs?: string[] | null;
  allowedModels?: string[] | null;
  logging?: LoggingMode;
  defaults?: KeyDefaults;
  mayChoose?: RequestSetting[];
  requestsPerMinute?: number | null;
  tokensPerMinute?: number | null;
  parallelRequests?: number | null;
}

/** A secret as it is stored. */
export interface StoredSecret {
  digest: string;
  prefix: string;
  last4: string;
}

export interface NewKey extends KeySettingColumns, StoredSecret {
  name: string;
  email: string;
  groupId: number | null;
  role: 'user' | 'admin';
}

export type KeyChange = Partial<
  Omit<NewKey, keyof StoredSecret> & { status: 'active' | 'disabled'; deletedAt: Date }
>;

export interface KeyFilter extends Page {
  q?: string | undefined;
  role?: 'user' | 'admin' | undefined;
  /** 0: keys without a group. */
  groupId?: number | undefined;
  sort: Sort<KeyColumn>;
}

const sortColumns = {
  id: keyOverview.id,
  name: keyOverview.name,
  month: keyOverview.monthFee,
  total: keyOverview.totalFee,
  quota: keyOverview.monthQuota,
  balance: keyOverview.balance,
  update: keyOverview.updatedAt,
};

export function createKeyRepository({ db }: { db: Database['db'] }) {
  return {
    transaction: <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => db.transaction(work),

    /** Undefined if another key, living or not, has this secret. */
    async insert(tx: Transaction, values: NewKey): Promise<number | undefined> {
      if (await isTaken(tx, values.digest)) return undefined;
      const rows = await tx.insert(key).values(values).onConflictDoNothing().returning({ id: key.id });
      return rows[0]?.id;
    },

    isTaken: (digest: string): Promise<boolean> => isTaken(db, digest),

    /** The key as it is, locked until the transaction ends. */
    async lock(tx: Transaction, id: number): Promise<KeyOverview | undefined> {
      await tx.select({ id: key.id }).from(key).where(eq(key.id, id)).for('update');
      const [row] = await tx.select().from(keyOverview).where(eq(keyOverview.id, id));
      return row;
    },

    /** Changes a locked key and tells every replica. */
    async update(tx: Transaction, id: number, change: KeyChange): Promise<void> {
      await tx
        .update(key)
        .set({ ...change, updatedAt: sql`now()` })
        .where(eq(key.id, id));
      await announce(tx, id);
    },

    /** The secret so far stays good for a while, or ends at once; one that it had replaced itself ends in any case. */
    async rotate(tx: Transaction, id: number, secret: StoredSecret, overlapSeconds: number): Promise<void> {
      const isOverlapping = overlapSeconds > 0;
      await tx
        .update(key)
        .set({
          ...secret,
          previousDigest: isOverlapping ? sql`${key.digest}` : null,
          previousExpiresAt: isOverlapping ? sql`now() + make_interval(secs => ${overlapSeconds})` : null,
          updatedAt: sql`now()`,
        })
        .where(eq(key.id, id));
      await announce(tx, id);
    },

    async find(id: number, tx: Transaction | Database['db'] = db): Promise<KeyOverview | undefined> {
      const [row] = await tx.select().from(keyOverview).where(eq(keyOverview.id, id));
      return row;
    },

    /** Of a living key, by a secret that is good now. */
    async findIdByDigest(digest: string): Promise<number | undefined> {
      const [row] = await db
        .select({ id: key.id })
        .from(key)
        .where(
          and(
            or(
              eq(key.digest, digest),
              and(eq(key.previousDigest, digest), gt(key.previousExpiresAt, sql`now()`)),
            ),
            isNull(key.deletedAt),
          ),
        );
      return row?.id;
    },

    async list(filter: KeyFilter): Promise<Listing<KeyOverview>> {
      const where = and(...conditions(filter));
      const column = sortColumns[filter.sort.column];
      const items = await db
        .select()
        .from(keyOverview)
        .where(where)
        .orderBy(filter.sort.descending ? desc(column) : asc(column), desc(keyOverview.id))
        .limit(filter.limit)
        .offset(filter.offset);
      const [total] = await db.select({ count: count() }).from(keyOverview).where(where);
      return { items, total: total?.count ?? 0 };
    },
  };
}

async function announce(tx: Transaction, id: number): Promise<void> {
  await tx.execute(sql`select pg_notify(${KEY_CHANGED}, ${String(id)})`);
}

async function isTaken(on: Transaction | Database['db'], digest: string): Promise<boolean> {
  const rows = await on
    .select({ id: key.id })
    .from(key)
    .where(or(eq(key.digest, digest), eq(key.previousDigest, digest)));
  return rows.length > 0;
}

export type KeyRepository = ReturnType<typeof createKeyRepository>;

function conditions({ q, role, groupId }: KeyFilter): (SQL | undefined)[] {
  return [
    q === undefined
      ? undefined
      : or(ilike(keyOverview.name, likePattern(q)), ilike(keyOverview.email, likePattern(q))),
    role === undefined ? undefined : eq(keyOverview.role, role),
    groupId === undefined
      ? undefined
      : groupId === 0
        ? isNull(keyOverview.groupId)
        : eq(keyOverview.groupId, groupId),
  ];
}
