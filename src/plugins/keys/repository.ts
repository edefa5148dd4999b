import { and, asc, count, desc, eq, ilike, isNull, or, type SQL, sql } from 'drizzle-orm';
import { KEY_CHANGED } from '../../db/channels.ts';
import type { Database, Transaction } from '../../db/client.ts';
import { key } from '../../db/schema/keys.ts';
import { keyOverview } from '../../db/schema/views.ts';
import { type Listing, likePattern, type Page, type Sort } from '../../lib/page.ts';

export type KeyOverview = typeof keyOverview.$inferSelect;
export type KeyColumn = 'id' | 'name' | 'month' | 'total' | 'quota' | 'balance' | 'update';

export interface NewKey {
  name: string;
  email: string;
  groupId: number | null;
  role: 'user' | 'admin';
  digest: string;
  prefix: string;
  last4: string;
}

export type KeyChange = Partial<NewKey & { status: 'active' | 'disabled'; deletedAt: Date }>;

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

    async insert(tx: Transaction, values: NewKey): Promise<number> {
      const [row] = await tx.insert(key).values(values).returning({ id: key.id });
      if (row === undefined) throw new Error('key was not written');
      return row.id;
    },

    /** Changes a living key and tells every replica; false if there is none. */
    async update(tx: Transaction, id: number, change: KeyChange): Promise<boolean> {
      const rows = await tx
        .update(key)
        .set({ ...change, updatedAt: sql`now()` })
        .where(and(eq(key.id, id), isNull(key.deletedAt)))
        .returning({ id: key.id });
      await tx.execute(sql`select pg_notify(${KEY_CHANGED}, ${String(id)})`);
      return rows.length > 0;
    },

    async find(id: number, tx: Transaction | Database['db'] = db): Promise<KeyOverview | undefined> {
      const [row] = await tx.select().from(keyOverview).where(eq(keyOverview.id, id));
      return row;
    },

    async findIdByDigest(digest: string): Promise<number | undefined> {
      const [row] = await db
        .select({ id: key.id })
        .from(key)
        .where(and(eq(key.digest, digest), isNull(key.deletedAt)));
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
