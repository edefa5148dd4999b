// Which models there are, what they are called upstream, what they can do and what they cost.
import fp from 'fastify-plugin';
import { type Catalogue, createCatalogue } from './catalogue.ts';
import { createModelRepository } from './repository.ts';

export type { Model } from './catalogue.ts';

declare module 'fastify' {
  interface FastifyInstance {
    models: Pick<Catalogue, 'find' | 'priceOf'> & {
      list(): Catalogue['models'];
      /** Reads the tables again. */
      reload(): Promise<void>;
    };
  }
}

export default fp(
  async (app) => {
    const repository = createModelRepository({ db: app.database.db });
    let catalogue = createCatalogue(await repository.loadAll());
    app.decorate('models', {
      find: (name) => catalogue.find(name),
      priceOf: (model, at) => catalogue.priceOf(model, at),
      list: () => catalogue.models,
      async reload() {
        catalogue = createCatalogue(await repository.loadAll());
      },
    });
  },
  { name: 'models', fastify: '5.x', dependencies: ['database'] },
);
