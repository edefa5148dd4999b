// `/healthz`: the process lives. `/readyz`: it can serve; false while starting, draining or without its database.
import fp from 'fastify-plugin';

export default fp(
  async (app) => {
    let isDraining = false;
    app.addHook('preClose', async () => {
      isDraining = true;
    });
    app.get('/healthz', { config: { access: 'public' }, logLevel: 'warn' }, async () => ({ status: 'ok' }));
    app.get('/readyz', { config: { access: 'public' }, logLevel: 'warn' }, async (_request, reply) => {
      const isReady = !isDraining && (await app.database.isReachable());
      return reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not_ready' });
    });
  },
  { name: 'health', fastify: '5.x', dependencies: ['database'] },
);
