// The one pool of the process, as a decorator; opened and migrated before the app is built.
import type { RouteHandlerMethod } from 'fastify';
import fp from 'fastify-plugin';
import type { Database } from '../db/client.ts';
import { answerWithin, DatabaseTimeoutError } from '../db/unavailable.ts';
import { createMirror, type Mirror } from './mirror.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Reads or takes in much: no deadline for its handler, once the database has answered. */
    isSlow?: boolean;
  }
  interface FastifyInstance {
    database: Pick<Database, 'sql' | 'prioritySql' | 'renewPrioritySql' | 'db'> & {
      /**
       * Calls `onNotify` with the payload of every NOTIFY on `channel`, and `onListening` whenever listening begins
       * again after a lost connection (something may have been missed).
       */
      listen(channel: string, onNotify: (payload: string) => void, onListening: () => void): Promise<void>;
      /** Loads now, and again after every NOTIFY on `channel` and every lost connection. */
      mirror(channel: string, load: () => Promise<void>): Promise<Pick<Mirror, 'reload'>>;
      /** Does the database answer a query now? */
      isReachable(): Promise<boolean>;
    };
  }
}

const PING_DEADLINE_MS = 2_000;
const MIRROR_RETRY_MS = 1_000;
/** Leaves a busy process time to say so within the three seconds of the contract. */
const ANSWER_MS = 2_500;

export default fp<{ database: Database }>(
  async (app, { database }) => {
    app.decorate('database', {
      sql: database.sql,
      get prioritySql() {
        return database.prioritySql;
      },
      renewPrioritySql: () => database.renewPrioritySql(),
      db: database.db,
      async listen(channel, onNotify, onListening) {
        await database.sql.listen(channel, onNotify, onListening);
      },
      async mirror(channel, load) {
        const onError = (error: unknown) => app.log.error({ err: error, channel }, 'reading again failed');
        const mirror = createMirror({ load, onError, retryMs: MIRROR_RETRY_MS });
        app.addHook('preClose', async () => mirror.close());
        const refresh = () => void mirror.reload().catch(() => undefined);
        // Listening first: nothing that changes after the first load is missed.
        let isLoaded = false;
        await database.sql.listen(channel, refresh, () => isLoaded && refresh());
        isLoaded = true;
        await mirror.reload();
        return mirror;
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
    app.addHook('onRoute', (route) => {
      // Inference and live feeds last as long as they last; they bound their own waits.
      if (route.url.startsWith('/v1/') || route.sse !== undefined) return;
      route.handler = route.config?.isSlow ? ifReachable(route.handler) : inTime(route.handler);
    });

    /** Work without a deadline must not begin, and hang, where the database is away. */
    function ifReachable(handler: RouteHandlerMethod): RouteHandlerMethod {
      return async function (request, reply) {
        if (!(await app.database.isReachable()))
          throw new DatabaseTimeoutError('The database is not reachable');
        return handler.call(this, request, reply);
      };
    }
  },
  { name: 'database', fastify: '5.x' },
);

/** Fastify's own `handlerTimeout` forgets a request as soon as its body has been read. */
function inTime(handler: RouteHandlerMethod): RouteHandlerMethod {
  return function (request, reply) {
    const answer: unknown = handler.call(this, request, reply);
    return answer instanceof Promise ? answerWithin(answer, ANSWER_MS) : answer;
  };
}
