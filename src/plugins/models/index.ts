// Which models there are, what they are called upstream, what they can do and where their prices stand.
import fp from 'fastify-plugin';
import type { Price } from '../billing/index.ts';
import { type Catalogue, createCatalogue, type Model, priceOf } from './catalogue.ts';
import { CATALOGUE_CHANGED, createModelRepository } from './repository.ts';
import { modelRoutes } from './routes.ts';
import { createModelService } from './service.ts';

export type { Model } from './catalogue.ts';
export type { FurtherTarget, Spread } from './repository.ts';

export interface ModelsOptions {
  /** The gateway's own, of targets that name none. */
  region: string;
}

declare module 'fastify' {
  interface FastifyInstance {
    models: Pick<Catalogue, 'find'> & {
      list(): Catalogue['models'];
      /**
       * The price in force at `at` in a service tier (default `standard`); undefined if there is none: then the
       * request must be refused.
       */
      priceOf(
        model: Pick<Model, 'kind' | 'baseId' | 'priceScope' | 'isFree'>,
        at: Date,
        tier?: string,
      ): Price | undefined;
      /** Reads the table again. */
      reload(): Promise<void>;
    };
  }
}

export default fp<ModelsOptions>(
  async (app, { region }) => {
    const repository = createModelRepository({ db: app.database.db });
    let catalogue = createCatalogue([]);
    const { reload } = await app.database.mirror(CATALOGUE_CHANGED, async () => {
      catalogue = createCatalogue(await repository.loadAll());
    });
    app.decorate('models', {
      find: (name) => catalogue.find(name),
      priceOf: (model, at, tier) => priceOf(model, { at, tier }, app.prices.find),
      list: () => catalogue.models,
      reload,
    });
    const service = createModelService({ repository, auditLog: app.auditLog, region, reload });
    app.register(modelRoutes, { service });
  },
  { name: 'models', fastify: '5.x', dependencies: ['database', 'auth', 'audit-log', 'prices'] },
);
