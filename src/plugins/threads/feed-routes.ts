import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '../auth/index.ts';
import { EventsOnly } from './errors.ts';
import type { Feed, Subscriber } from './feed.ts';

/** A reader that is this many events behind is cut off; its browser reconnects and reloads. */
const MAX_PENDING = 200;
/** A safety net only: a key that changes ends its feeds by NOTIFY. */
const MAX_AGE_MS = 10 * 60 * 1000;

export const feedRoutes: FastifyPluginAsync<{ feed: Feed }> = async (app, { feed }) => {
  // No HEAD: it would open a feed that nobody can read and that does not end.
  const stream = { sse: 'only' as const, exposeHeadRoute: false, preHandler: refuseOtherFormats };
  app.get('/user/events', { ...stream, config: { access: 'key' } }, async ({ key }, reply) =>
    follow(reply, key, key.id),
  );
  app.get('/admin/events', { ...stream, config: { access: 'admin' } }, async ({ principal }, reply) =>
    follow(reply, principal, null),
  );

  async function follow(reply: FastifyReply, reader: Principal, keyId: Subscriber['keyId']): Promise<void> {
    let pending = 0;
    const close = () => reply.raw.destroy();
    reply.sse.keepAlive();
    // Each event that waits for the socket listens for its drain.
    reply.raw.setMaxListeners(2 * MAX_PENDING);
    const unsubscribe = feed.subscribe({
      ownerId: reader.kind === 'key' ? reader.id : null,
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
    const timer = setTimeout(close, Math.min(MAX_AGE_MS, leftOf(reader)));
    timer.unref();
    reply.raw.on('close', () => {
      clearTimeout(timer);
      unsubscribe();
    });
    // Opens the stream at once, so that the browser knows that it is connected.
    await reply.sse.send({ event: 'ready', data: {} });
  }
};

/** How long the secret that opened a feed is still good, ms. */
function leftOf(reader: Principal): number {
  const ends = reader.kind === 'key' ? reader.goodUntil : null;
  return ends === null ? Number.POSITIVE_INFINITY : ends.getTime() - Date.now();
}

/** Before @fastify/sse does it, in a shape that is not ours. */
async function refuseOtherFormats({ headers: { accept = '*/*' } }: FastifyRequest): Promise<void> {
  if (!/text\/event-stream|text\/\*|\*\/\*/i.test(accept)) throw new EventsOnly();
}
