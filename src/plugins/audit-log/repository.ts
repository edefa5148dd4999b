import { and, asc, desc, eq, gte, ilike, lt, or, type SQL, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client.ts';
import { auditLog } from '../../db/schema/audit-log.ts';
import { type Listing, likePattern, type Page } from '../../lib/page.ts';

export type AuditEntry = typeof auditLog.$inferSelect;
export type NewAuditEntry = Omit<typeof auditLog.$inferInsert, 'id' | 'createdAt'>;

export interface AuditFilter extends Page {
  actor?: string | undefined;
  action?: string | undefined;
  target?: string | undefined;
  /** Found in action, target, request id or what changed. */
  q?: string | undefined;
  from?: Date | undefined;
  /** Exclusive. */
  to?: Date | undefined;
  isAscending: boolean;
}

export function createAuditRepository({ db }: { db: Database['db'] }) {
  return {
    async insert(tx: Transaction, entry: NewAuditEntry): Promise<void> {
      await tx.insert(auditLog).values(entry);
    },

    async list(filter: AuditFilter): Promise<Listing<AuditEntry>> {
      const where = and(...conditions(filter));
      const items = await db
        .select()
        .from(auditLog)
        .where(where)
        .orderBy(filter.isAscending ? asc(auditLog.id) : desc(auditLog.id))
        .limit(filter.limit)
        .offset(filter.offset);
      return { items, total: await db.$count(auditLog, where) };
    },
  };
}

export type AuditRepository = ReturnType<typeof createAuditRepository>;

function conditions({ actor, action, target, q, from, to }: AuditFilter): (SQL | undefined)[] {
  const pattern = q === undefined ? undefined : likePattern(q);
  return [
    actor === undefined ? undefined : eq(auditLog.actor, actor),
    action === undefined ? undefined : eq(auditLog.action, action),
    target === undefined ? undefined : eq(auditLog.target, target),
    from === undefined ? undefined : gte(auditLog.createdAt, from),
    to === undefined ? undefined : lt(auditLog.createdAt, to),
    pattern === undefined
      ? undefined
      : or(
          ilike(auditLog.action, pattern),
          ilike(auditLog.target, pattern),
          ilike(auditLog.requestId, pattern),
          sql`${auditLog.before}::text ilike ${pattern}`,
          sql`${auditLog.after}::text ilike ${pattern}`,
        ),
  ];
}
