// The price book: what tokens cost, by base model, scope, service tier, input length and date.
import fp from 'fastify-plugin';
import type { Price } from '../billing/index.ts';
import { createPriceBook, groupIntoLists, type PriceBook, type PricePlace } from './price-book.ts';
import { CATALOGUE_CHANGED, createPriceRepository } from './repository.ts';
import { priceRoutes } from './routes.ts';
import { createPriceService } from './service.ts';

export type { PricePlace } from './price-book.ts';

declare module 'fastify' {
  interface FastifyInstance {
    prices: {
      /** The prices in force at `at`, from memory; undefined if nobody has set any: then nothing may be served. */
      find(place: PricePlace, at: Date): Price | undefined;
      /** Resolves when memory has what the tables had when this was called, or newer. */
      reload(): Promise<void>;
    };
  }
}

export default fp(
  async (app) => {
    const repository = createPriceRepository({ db: app.database.db });
    let book: PriceBook = createPriceBook([]);
    const { reload } = await app.database.mirror(CATALOGUE_CHANGED, async () => {
      book = createPriceBook(groupIntoLists(await repository.loadAll()));
    });
    app.decorate('prices', { find: (place, at) => book.find(place, at), reload });
    const service = createPriceService({
      repository,
      auditLog: app.auditLog,
      reload,
      now: () => new Date(),
    });
    app.register(priceRoutes, { service });
  },
  { name: 'prices', fastify: '5.x', dependencies: ['database', 'auth', 'audit-log'] },
);
