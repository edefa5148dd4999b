// Channels in PostgreSQL. Deleting one wipes address and secret and keeps the name, which the history shows.
import { and, asc, desc, eq, ilike, isNull, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../../db/client.ts';
import { alertChannel } from '../../../db/schema/alerts.ts';
import { type Listing, likePattern, type Page } from '../../../lib/page.ts';

export type Channel = typeof alertChannel.$inferSelect;
export type NewChannelFacts = Pick<
  Channel,
  'name' | 'kind' | 'status' | 'url' | 'secret' | 'recipients' | 'notifiesOwner'
>;

export interface ChannelFilter extends Page {
  q?: string | undefined;
  isAscending: boolean;
}

export type ChannelRepository = ReturnType<typeof createChannelRepository>;

export function createChannelRepository({ db }: { db: Database['db'] }) {
  return {
    transaction: <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => db.transaction(work),

    async insert(tx: Transaction, facts: NewChannelFacts): Promise<Channel> {
      const [row] = await tx.insert(alertChannel).values(facts).returning();
      if (row === undefined) throw new Error('an insert returned nothing');
      return row;
    },

    /** A living channel, locked until the transaction ends. */
    async lock(tx: Transaction, id: number): Promise<Channel | undefined> {
      const [row] = await tx
        .select()
        .from(alertChannel)
        .where(and(eq(alertChannel.id, id), isNull(alertChannel.deletedAt)))
        .for('update');
      return row;
    },

    async update(tx: Transaction, id: number, facts: Omit<NewChannelFacts, 'kind'>): Promise<Channel> {
      const [row] = await tx
        .update(alertChannel)
        .set({ ...facts, updatedAt: sql`now()` })
        .where(eq(alertChannel.id, id))
        .returning();
      if (row === undefined) throw new Error(`channel ${id} is not there`);
      return row;
    },

    async remove(tx: Transaction, id: number): Promise<void> {
      await tx
        .update(alertChannel)
        .set({ url: null, secret: null, recipients: [], notifiesOwner: false, deletedAt: sql`now()` })
        .where(eq(alertChannel.id, id));
    },

    async list(filter: ChannelFilter): Promise<Listing<Channel>> {
      const where = and(
        isNull(alertChannel.deletedAt),
        filter.q === undefined ? undefined : ilike(alertChannel.name, likePattern(filter.q)),
      );
      const items = await db
        .select()
        .from(alertChannel)
        .where(where)
        .orderBy(filter.isAscending ? asc(alertChannel.id) : desc(alertChannel.id))
        .limit(filter.limit)
        .offset(filter.offset);
      return { items, total: await db.$count(alertChannel, where) };
    },
  };
}
