// `/healthz`: the process lives. `/readyz`: it can serve; false while starting, draining or without its database.
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import fp from 'fastify-plugin';

export default fp(
  async (app) => {
    let isDraining = false;
    const endSilent = watchSilentConnections(app.server);
    app.addHook('preClose', async () => {
      isDraining = true;
      endSilent();
    });
    app.get('/healthz', { config: { access: 'public' }, logLevel: 'warn' }, async () => ({ status: 'ok' }));
    app.get('/readyz', { config: { access: 'public' }, logLevel: 'warn' }, async (_request, reply) => {
      const isReady = !isDraining && (await app.database.isReachable());
      return reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not_ready' });
    });
  },
  { name: 'health', fastify: '5.x', dependencies: ['database'] },
);

/** How long a connection that comes during the drain may stay without a request. */
const SILENCE_MS = 1_000;

/**
 * Browsers open connections in advance. To Node one that has sent nothing yet is not idle, so that closing the server
 * would wait for it until the headers' time-out.
 * @returns ends them, now and from now on
 */
function watchSilentConnections(server: Server): () => void {
  const silent = new Set<Socket>();
  let isEnding = false;
  server.on('connection', (socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
    if (isEnding) setTimeout(() => silent.has(socket) && socket.destroy(), SILENCE_MS).unref();
  });
  server.on('request', ({ socket }) => silent.delete(socket));
  return () => {
    isEnding = true;
    for (const socket of silent) socket.destroy();
  };
}
