// Browsers of any origin may call the inference routes: keys travel in a header, never in a cookie. Two constant
// headers say so; the plugin, which works them out anew for every request, answers the preflights.
import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

/** Does nothing where CORS_ORIGINS names the only origins. */
export async function answerAnyOrigin(app: FastifyInstance): Promise<void> {
  const options = app.anyOriginCors;
  if (options === undefined) return;
  const headers = {
    'access-control-allow-origin': '*',
    'access-control-expose-headers': String(options.exposedHeaders),
  };
  await app.register(async (preflights) => {
    await preflights.register(cors, options);
  });
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
}
