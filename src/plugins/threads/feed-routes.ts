import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import type { Feed } from './feed.ts';

/** A reader that is this many events behind is cut off; its browser reconnects and reloads. */
const MAX_PENDING = 200;
/** A feed is reopened now and then, so that a key that has lost its rights loses its feed. */
const MAX_AGE_MS = 10 * 60 * 1000;

export const feedRoutes: FastifyPluginAsync<{ feed: Feed }> = async (app, { feed }) => {
  const sse = 'only' as const;
  app.get('/user/events', { sse, config: { access: 'key' } }, async ({ key }, reply) =>
    follow(reply, key.id),
  );
  app.get('/admin/events', { sse, config: { access: 'admin' } }, async (_request, reply) =>
    follow(reply, null),
  );

  async function follow(reply: FastifyReply, keyId: number | null): Promise<void> {
    let pending = 0;
    const close = () => reply.raw.destroy();
    reply.sse.keepAlive();
    const unsubscribe = feed.subscribe({
      keyId,
      close,
      push(row) {
        if (pending >= MAX_PENDING) return close();
        pending += 1;
        reply.sse
          .send({ event: 'thread', id: String(row.id), data: row })
          .catch(close)
          .finally(() => {
            pending -= 1;
          });
      },
    });
    const timer = setTimeout(close, MAX_AGE_MS);
    timer.unref();
    reply.raw.on('close', () => {
      clearTimeout(timer);
      unsubscribe();
    });
    // Opens the stream at once, so that the browser knows that it is connected.
    await reply.sse.send({ event: 'ready', data: {} });
  }
};
