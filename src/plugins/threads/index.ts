// Exchanges and what was said in them.

import { fastifySSE } from '@fastify/sse';
import fp from 'fastify-plugin';
import { createFeed } from './feed.ts';
import { feedRoutes } from './feed-routes.ts';
import { createRecorder, type Recorder, type SpokenExchange } from './recorder.ts';
import { createThreadRepository, KEY_CHANGED, THREAD_RECORDED } from './repository.ts';
import { threadRoutes } from './routes.ts';

export type { SpokenExchange } from './recorder.ts';
export type { ThreadStatus } from './schemas.ts';

export interface ThreadOptions {
  isDatabaseAway(error: unknown): boolean;
}

declare module 'fastify' {
  interface FastifyInstance {
    threads: {
      /** Keeps what was said; a failure is logged and loses only text. */
      record(exchange: SpokenExchange): Promise<void>;
      /** Resolves when all text so far is written. */
      idle: Recorder['idle'];
    };
  }
}

export default fp<ThreadOptions>(
  async (app, { isDatabaseAway }) => {
    const repository = createThreadRepository(app.database);
    const recorder = createRecorder({ repository, sessions: app.sessions, isDatabaseAway });
    const onError = (error: unknown) => app.log.error({ err: error }, 'live feed failed');
    const feed = createFeed({ repository, onError });

    app.decorate('threads', {
      record: (exchange) =>
        recorder
          .record(exchange)
          .catch((error) =>
            app.log.error({ err: error, exchangeId: exchange.exchangeId }, 'text of an exchange was lost'),
          ),
      idle: recorder.idle,
    });
    await app.register(fastifySSE, { heartbeatInterval: 15_000 });
    await app.database.listen(
      THREAD_RECORDED,
      (payload) => void feed.announce(payload),
      () => undefined,
    );
    // After a lost connection any change may have been missed.
    await app.database.listen(KEY_CHANGED, (payload) => feed.endFeedsOf(Number(payload)), feed.close);
    app.register(threadRoutes, { repository });
    app.register(feedRoutes, { feed });
    app.addHook('preClose', async () => feed.close());
    app.addHook('onClose', () => recorder.idle());
  },
  { name: 'threads', fastify: '5.x', dependencies: ['database', 'auth', 'sessions'] },
);
