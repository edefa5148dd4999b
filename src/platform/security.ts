// Headers for browsers: who may call from another origin, and what the console's pages may load. The inference
// routes carry only what a program needs: what helmet sets per request cost as much there as signing the call.
import cors, { type FastifyCorsOptions } from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { FastifyReply } from 'fastify';
import fp from 'fastify-plugin';

export interface SecurityOptions {
  /** Empty: `/v1` answers any origin, everything else only its own. */
  corsOrigins: readonly string[];
}

declare module 'fastify' {
  interface FastifyInstance {
    /** For a scope that browsers may call from any origin; undefined where CORS_ORIGINS names the only ones. */
    anyOriginCors: FastifyCorsOptions | undefined;
  }
}

const CORS: FastifyCorsOptions = {
  methods: ['GET', 'POST', 'OPTIONS'],
  exposedHeaders: ['x-request-id', 'x-should-retry', 'retry-after', 'x-gateway-dropped-params'],
  maxAge: 86_400,
  // An OPTIONS that is no preflight is a harmless question, not an error.
  strictPreflight: false,
};

const PAGES = {
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
} as const;

export default fp<SecurityOptions>(
  async (app, { corsOrigins }) => {
    const isListed = corsOrigins.length > 0;
    app.decorate('anyOriginCors', isListed ? undefined : { ...CORS, origin: '*' });
    if (isListed) await app.register(cors, { ...CORS, origin: [...corsOrigins] });

    app.addHook('onRequest', (_request, reply, done) => {
      reply.header('x-content-type-options', 'nosniff');
      // What these routes answer is somebody's; the console's files say otherwise for themselves.
      reply.header('cache-control', 'no-store');
      done();
    });
    // Before helmet, whose own hook reads what this one says.
    app.addHook('onRoute', (route) => {
      if (!route.url.startsWith('/v1/')) route.helmet = PAGES;
    });
    await app.register(helmet, { global: false });
  },
  { name: 'security', fastify: '5.x' },
);

/** For answers that no route gives. */
export async function protectPage(reply: FastifyReply): Promise<void> {
  await reply.helmet(PAGES);
}
