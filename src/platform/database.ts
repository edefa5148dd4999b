// The one pool of the process, as a decorator; opened and migrated before the app is built.
import fp from 'fastify-plugin';
import type { Database } from '../db/client.ts';

declare module 'fastify' {
  interface FastifyInstance {
    database: Pick<Database, 'sql' | 'db'> & {
      /**
       * Calls `onNotify` with the payload of every NOTIFY on `channel`, and `onListening` whenever listening begins
       * again after a lost connection (something may have been missed).
       */
      listen(channel: string, onNotify: (payload: string) => void, onListening: () => void): Promise<void>;
      /** Does the database answer a query now? */
      isReachable(): Promise<boolean>;
    };
  }
}

const PING_DEADLINE_MS = 2_000;

export default fp<{ database: Database }>(
  async (app, { database }) => {
    app.decorate('database', {
      sql: database.sql,
      db: database.db,
      async listen(channel, onNotify, onListening) {
        await database.sql.listen(channel, onNotify, onListening);
      },
      async isReachable() {
        const late = AbortSignal.timeout(PING_DEADLINE_MS);
        const timedOut = new Promise<false>((resolve) =>
          late.addEventListener('abort', () => resolve(false)),
        );
        return Promise.race([
          database.sql`select 1`.then(
            () => true,
            () => false,
          ),
          timedOut,
        ]);
      },
    });
  },
  { name: 'database', fastify: '5.x' },
);
