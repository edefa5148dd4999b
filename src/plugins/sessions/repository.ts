import { and, asc, count, desc, eq, ilike, type SQL } from 'drizzle-orm';
import type { Database, SqlExecutor } from '../../db/client.ts';
import { type SessionOrigin, session } from '../../db/schema/sessions.ts';
import { sessionOverview } from '../../db/schema/views.ts';
import { type Listing, likePattern, type Page, type Sort } from '../../lib/page.ts';

export type SessionOverview = typeof sessionOverview.$inferSelect;

/** A conversation, as its requests name it. */
export interface SessionRef {
  /** Which sign they name it by. */
  origin: SessionOrigin;
  /** The client's word for it, or a name made from the sign. */
  key: string;
}

export interface SessionName extends SessionRef {
  keyId: number;
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
    async touch(tx: SqlExecutor, wanted: readonly SessionName[]): Promise<TouchedSession[]> {
      if (wanted.length === 0) return [];
      const parameter = JSON.stringify(
        wanted.map(({ keyId, origin, key }) => ({ key_id: keyId, origin, key })),
      );
      // Sorted: two batches that touch the same sessions must lock them in one order.
      const rows = await tx<
        { id: string; key_id: string; origin: SessionOrigin; key: string; title: string }[]
      >`
        insert into session (key_id, origin, key)
        select distinct key_id, origin, key
        from json_to_recordset(${parameter}::text::json) as r(key_id bigint, origin text, key text)
        order by key_id, origin, key
        on conflict (key_id, origin, key) do update set updated_at = now()
        returning id, key_id, origin, key, title`;
      return rows.map(({ id, key_id, origin, key, title }) => ({
        id: Number(id),
        keyId: Number(key_id),
        origin,
        key,
        isUntitled: title === '',
      }));
    },

    /** Names an untitled session; a title once given stays. */
    async nameUntitled(tx: SqlExecutor, id: number, title: string): Promise<void> {
      await tx`update session set title = ${title} where id = ${String(id)}::bigint and title = ''`;
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
