// Conversations: the exchanges of one key under one name, its client's own or one made from another sign.
import fp from 'fastify-plugin';
import type { SqlExecutor } from '../../db/client.ts';
import { createSessionRepository, type SessionRepository } from './repository.ts';
import { sessionRoutes } from './routes.ts';
import { titleFrom } from './title.ts';

export type { SessionName, SessionRef } from './repository.ts';

declare module 'fastify' {
  interface FastifyInstance {
    sessions: Pick<SessionRepository, 'touch'> & {
      /** Titles an untitled session with the beginning of a text; a blank text leaves it untitled. */
      nameUntitled(tx: SqlExecutor, id: number, text: string): Promise<void>;
    };
  }
}

export default fp(
  async (app) => {
    const repository = createSessionRepository({ db: app.database.db });
    app.decorate('sessions', {
      touch: repository.touch,
      async nameUntitled(tx, id, text) {
        const title = titleFrom(text);
        if (title !== '') await repository.nameUntitled(tx, id, title);
      },
    });
    app.register(sessionRoutes, { repository });
  },
  { name: 'sessions', fastify: '5.x', dependencies: ['database', 'auth'] },
);
