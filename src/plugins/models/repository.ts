import { and, asc, desc, eq, ilike, ne, or, type SQL, sql } from 'drizzle-orm';
import { CATALOGUE_CHANGED } from '../../db/channels.ts';
import type { Database, Transaction } from '../../db/client.ts';
import { type FurtherTarget, type ModelKind, model, type Spread } from '../../db/schema/models.ts';
import { type Listing, likePattern, type Page, type Sort } from '../../lib/page.ts';

export type { FurtherTarget, ModelKind, Spread };
export { CATALOGUE_CHANGED };
export type ModelRow = typeof model.$inferSelect;
export type NewModel = Omit<typeof model.$inferInsert, 'id' | 'createdAt' | 'updatedAt'>;
export type ModelColumn = 'id' | 'name' | 'vendor' | 'update';

export interface ModelFilter extends Page {
  q?: string | undefined;
  vendor?: string | undefined;
  baseId?: string | undefined;
  isFree?: boolean | undefined;
  isRetired?: boolean | undefined;
  sort: Sort<ModelColumn>;
}

const sortColumns = { id: model.id, name: model.name, vendor: model.vendor, update: model.updatedAt };

export function createModelRepository({ db }: { db: Database['db'] }) {
  return {
    /** For a change: nobody else writes models until it commits. Tells every replica then. */
    async change<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
      return db.transaction(async (tx) => {
        await tx.execute(sql`lock table ${model} in share row exclusive mode`);
        const result = await work(tx);
        await tx.execute(sql`select pg_notify(${CATALOGUE_CHANGED}, '')`);
        return result;
      });
    },

    async loadAll(): Promise<ModelRow[]> {
      return db.select().from(model).orderBy(model.id);
    },

    async find(id: number, tx: Transaction | Database['db'] = db): Promise<ModelRow | undefined> {
      const [row] = await tx.select().from(model).where(eq(model.id, id));
      return row;
    },

    /** Does another model (not `id`) have this name? */
    async isTaken(tx: Transaction, name: string, id: number | null): Promise<boolean> {
      const others = id === null ? undefined : ne(model.id, id);
      const rows = await tx
        .select({ id: model.id })
        .from(model)
        .where(and(eq(model.name, name), others));
      return rows.length > 0;
    },

    async insert(tx: Transaction, values: NewModel): Promise<ModelRow> {
      const [row] = await tx.insert(model).values(values).returning();
      if (row === undefined) throw new Error('model was not written');
      return row;
    },

    async update(tx: Transaction, id: number, change: Partial<NewModel>): Promise<ModelRow | undefined> {
      const [row] = await tx
        .update(model)
        .set({ ...change, updatedAt: sql`now()` })
        .where(eq(model.id, id))
        .returning();
      return row;
    },

    async remove(tx: Transaction, id: number): Promise<void> {
      await tx.delete(model).where(eq(model.id, id));
    },

    async list(filter: ModelFilter): Promise<Listing<ModelRow>> {
      const where = and(...conditions(filter));
      const column = sortColumns[filter.sort.column];
      const items = await db
        .select()
        .from(model)
        .where(where)
        .orderBy(filter.sort.descending ? desc(column) : asc(column), desc(model.id))
        .limit(filter.limit)
        .offset(filter.offset);
      return { items, total: await db.$count(model, where) };
    },
  };
}

export type ModelRepository = ReturnType<typeof createModelRepository>;

function conditions({ q, vendor, baseId, isFree, isRetired }: ModelFilter): (SQL | undefined)[] {
  const pattern = q === undefined ? undefined : likePattern(q);
  return [
    pattern === undefined
      ? undefined
      : or(
          ilike(model.name, pattern),
          ilike(model.displayName, pattern),
          ilike(model.target, pattern),
          ilike(model.baseId, pattern),
        ),
    vendor === undefined ? undefined : eq(model.vendor, vendor),
    baseId === undefined ? undefined : eq(model.baseId, baseId),
    isFree === undefined ? undefined : eq(model.isFree, isFree),
    isRetired === undefined ? undefined : eq(model.isRetired, isRetired),
  ];
}
