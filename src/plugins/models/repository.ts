import type { Database } from '../../db/client.ts';
import { type ModelCapabilities, model, price } from '../../db/schema/models.ts';

export type { ModelCapabilities };
export type ModelRow = typeof model.$inferSelect;
export type PriceRow = typeof price.$inferSelect;

export function createModelRepository({ db }: { db: Database['db'] }) {
  return {
    async loadAll(): Promise<{ models: ModelRow[]; prices: PriceRow[] }> {
      return db.transaction(
        async (tx) => ({
          models: await tx.select().from(model).orderBy(model.id),
          prices: await tx.select().from(price).orderBy(price.overInputTokens),
        }),
        // Models and prices of one moment.
        { isolationLevel: 'repeatable read', accessMode: 'read only' },
      );
    },
  };
}

export type ModelRepository = ReturnType<typeof createModelRepository>;
