import { count, desc, eq, ilike } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { group } from '../../db/schema/groups.ts';
import { type Listing, likePattern, type Page } from '../../lib/page.ts';
import type { GroupRow } from './schemas.ts';

export function createGroupRepository({ db }: { db: Database['db'] }) {
  return {
    async exists(id: number): Promise<boolean> {
      const [row] = await db.select({ id: group.id }).from(group).where(eq(group.id, id));
      return row !== undefined;
    },

    async list({ q, limit, offset }: Page & { q?: string | undefined }): Promise<Listing<GroupRow>> {
      const where = q === undefined ? undefined : ilike(group.name, likePattern(q));
      const items = await db
        .select({ id: group.id, name: group.name })
        .from(group)
        .where(where)
        .orderBy(desc(group.id))
        .limit(limit)
        .offset(offset);
      const [total] = await db.select({ count: count() }).from(group).where(where);
      return { items, total: total?.count ?? 0 };
    },
  };
}

export type GroupRepository = ReturnType<typeof createGroupRepository>;
