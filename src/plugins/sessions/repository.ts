import { and, asc, count, desc, eq, ilike, type SQL, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client.ts';
import { session } from '../../db/schema/sessions.ts';
import { sessionOverview } from '../../db/schema/views.ts';
import { type Listing, likePattern, type Page, type Sort } from '../../lib/page.ts';

export type SessionOverview = typeof sessionOverview.$inferSelect;

export interface SessionName {
  keyId: number;
  /** The client's word for it. */
  key: string;
}

export interface TouchedSession extends SessionName {
  id: number;
  isUntitled: boolean;
}

export interface SessionFilter extends Page {
  q?: string | undefined;
  keyId?: number | undefined;
  sort: Sort<'id' | 'total' | 'update'>;
}

const sortColumns = {
  id: sessionOverview.id,
  total: sessionOverview.totalFee,
  update: sessionOverview.updatedAt,
};

export function createSessionRepository({ db }: { db: Database['db'] }) {
  return {
    /** The sessions with these names, made if they are new; each once, in no order. */
    async touch(tx: Transaction, wanted: readonly SessionName[]): Promise<TouchedSession[]> {
      if (wanted.length === 0) return [];
      const name = (row: SessionName) => `${row.keyId} ${row.key}`;
      // Sorted: two batches that touch the same sessions must lock them in one order.
      const unique = [...new Map(wanted.map((row) => [name(row), row])).entries()].sort(([a], [b]) =>
        a < b ? -1 : 1,
      );
      const rows = await tx
        .insert(session)
        .values(unique.map(([, row]) => ({ keyId: row.keyId, key: row.key })))
        .onConflictDoUpdate({ target: [session.keyId, session.key], set: { updatedAt: sql`now()` } })
        .returning({ id: session.id, keyId: session.keyId, key: session.key, title: session.title });
      return rows.map(({ title, ...row }) => ({ ...row, isUntitled: title === '' }));
    },

    /** Names an untitled session; a title once given stays. */
    async nameUntitled(tx: Transaction, id: number, title: string): Promise<void> {
      await tx
        .update(session)
        .set({ title })
        .where(and(eq(session.id, id), eq(session.title, '')));
    },

    async find(id: number, keyId: number | undefined): Promise<SessionOverview | undefined> {
      const [row] = await db
        .select()
        .from(sessionOverview)
        .where(and(eq(sessionOverview.id, id), ownedBy(keyId)));
      return row;
    },

    async list(filter: SessionFilter): Promise<Listing<SessionOverview>> {
      const { q } = filter;
      const where = and(
        ownedBy(filter.keyId),
        q === undefined ? undefined : ilike(sessionOverview.title, likePattern(q)),
      );
      const column = sortColumns[filter.sort.column];
      const items = await db
        .select()
        .from(sessionOverview)
        .where(where)
        .orderBy(filter.sort.descending ? desc(column) : asc(column), desc(sessionOverview.id))
        .limit(filter.limit)
        .offset(filter.offset);
      const [total] = await db
        .select({ count: count() })
        .from(session)
        .where(
          and(
            filter.keyId === undefined ? undefined : eq(session.keyId, filter.keyId),
            q === undefined ? undefined : ilike(session.title, likePattern(q)),
          ),
        );
      return { items, total: total?.count ?? 0 };
    },
  };
}

export type SessionRepository = ReturnType<typeof createSessionRepository>;

function ownedBy(keyId: number | undefined): SQL | undefined {
  return keyId === undefined ? undefined : eq(sessionOverview.keyId, keyId);
}
