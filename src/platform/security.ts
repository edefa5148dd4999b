// Headers for browsers: who may call from another origin, and what the console's pages may load.
import cors, { type FastifyCorsOptions } from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';

export interface SecurityOptions {
  /** Empty: `/v1` answers any origin, everything else only its own. */
  corsOrigins: readonly string[];
}

const EXPOSED_HEADERS = ['x-request-id', 'x-should-retry', 'retry-after', 'x-gateway-dropped-params'];

export default fp<SecurityOptions>(
  async (app, { corsOrigins }) => {
    const listed = [...corsOrigins];
    const inference: FastifyCorsOptions = {
      origin: listed.length > 0 ? listed : '*',
      methods: ['GET', 'POST', 'OPTIONS'],
      exposedHeaders: EXPOSED_HEADERS,
      maxAge: 86_400,
      // An OPTIONS that is no preflight is a harmless question, not an error.
      strictPreflight: false,
    };
    const administration: FastifyCorsOptions = { ...inference, origin: listed.length > 0 ? listed : false };

    await app.register(cors, {
      // Only response headers depend on the path here; access is decided by the route.
      delegator: (request: FastifyRequest, done) =>
        done(null, request.url.startsWith('/v1/') ? inference : administration),
    });
    // What these routes answer is somebody's; the console's files say otherwise for themselves.
    app.addHook('onRequest', (_request, reply, done) => {
      reply.header('cache-control', 'no-store');
      done();
    });
    await app.register(helmet, {
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'self'"],
          baseUri: ["'none'"],
          formAction: ["'self'"],
          frameAncestors: ["'none'"],
          imgSrc: ["'self'", 'data:'],
          objectSrc: ["'none'"],
        },
      },
      // TLS ends in front of us; whoever ends it decides on HSTS.
      strictTransportSecurity: false,
      crossOriginResourcePolicy: false,
      referrerPolicy: { policy: 'no-referrer' },
    });
  },
  { name: 'security', fastify: '5.x' },
);
