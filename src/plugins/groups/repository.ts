import { and, asc, count, desc, eq, ilike, isNull, or, sql } from 'drizzle-orm';
import { GROUP_CHANGED } from '../../db/channels.ts';
import type { Database, Transaction } from '../../db/client.ts';
import { group } from '../../db/schema/groups.ts';
import { groupOverview } from '../../db/schema/views.ts';
import { type Listing, likePattern, type Page, type Sort } from '../../lib/page.ts';

export type GroupOverview = typeof groupOverview.$inferSelect;
export type GroupColumn = 'id' | 'name' | 'keys';

export interface GroupSettings {
  name: string;
  description: string;
  allowedModels: string[] | null;
  requestsPerMinute: number | null;
  tokensPerMinute: number | null;
  parallelRequests: number | null;
}

export interface GroupFilter extends Page {
  q?: string | undefined;
  sort: Sort<GroupColumn>;
}

const sortColumns = { id: groupOverview.id, name: groupOverview.name, keys: groupOverview.keyCount };

export function createGroupRepository({ db }: { db: Database['db'] }) {
  return {
    transaction: <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => db.transaction(work),

    /** Is there such a living group? It cannot be deleted before the transaction ends. */
    async exists(tx: Transaction, id: number): Promise<boolean> {
      const rows = await tx
        .select({ id: group.id })
        .from(group)
        .where(and(eq(group.id, id), isNull(group.deletedAt)))
        .for('key share');
      return rows.length > 0;
    },

    async insert(tx: Transaction, values: Partial<GroupSettings> & { name: string }): Promise<number> {
      const [row] = await tx.insert(group).values(values).returning({ id: group.id });
      if (row === undefined) throw new Error('group was not written');
      return row.id;
    },

    /** The group as it is, locked until the transaction ends: no key can join it meanwhile. */
    async lock(tx: Transaction, id: number): Promise<GroupOverview | undefined> {
      await tx.select({ id: group.id }).from(group).where(eq(group.id, id)).for('update');
      const [row] = await tx.select().from(groupOverview).where(eq(groupOverview.id, id));
      return row;
    },

    /** Changes a locked group and tells every replica. */
    async update(
      tx: Transaction,
      id: number,
      change: Partial<GroupSettings & { deletedAt: Date }>,
    ): Promise<void> {
      await tx
        .update(group)
        .set({ ...change, updatedAt: sql`now()` })
        .where(eq(group.id, id));
      await tx.execute(sql`select pg_notify(${GROUP_CHANGED}, ${String(id)})`);
    },

    async find(id: number, on: Transaction | Database['db'] = db): Promise<GroupOverview | undefined> {
      const [row] = await on.select().from(groupOverview).where(eq(groupOverview.id, id));
      return row;
    },

    async list({ q, limit, offset, sort }: GroupFilter): Promise<Listing<GroupOverview>> {
      const pattern = q === undefined ? undefined : likePattern(q);
      const where =
        pattern === undefined
          ? undefined
          : or(ilike(groupOverview.name, pattern), ilike(groupOverview.description, pattern));
      const column = sortColumns[sort.column];
      const items = await db
        .select()
        .from(groupOverview)
        .where(where)
        .orderBy(sort.descending ? desc(column) : asc(column), desc(groupOverview.id))
        .limit(limit)
        .offset(offset);
      const [total] = await db.select({ count: count() }).from(groupOverview).where(where);
      return { items, total: total?.count ?? 0 };
    },
  };
}

export type GroupRepository = ReturnType<typeof createGroupRepository>;
