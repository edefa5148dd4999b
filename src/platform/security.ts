// Headers for browsers: who may call from another origin, and what the console's pages may load. The inference
// routes carry only what a program needs: what helmet sets per request cost as much there as signing the call.
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import cors, { type FastifyCorsOptions } from '@fastify/cors';
import fp from 'fastify-plugin';
import helmet from 'helmet';

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
  exposedHeaders: [
    'x-request-id',
    'request-id',
    'x-should-retry',
    'retry-after',
    'retry-after-ms',
    'x-gateway-dropped-params',
    'x-gateway-cost',
    'x-gateway-usage-source',
    ...['limit', 'remaining', 'reset'].flatMap((what) => [
      `x-ratelimit-${what}-requests`,
      `x-ratelimit-${what}-tokens`,
      `anthropic-ratelimit-requests-${what}`,
      `anthropic-ratelimit-tokens-${what}`,
    ]),
  ],
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

    app.addHook('onRequest', (request, reply, done) => {
      reply.header('x-content-type-options', 'nosniff');
      // What these routes answer is somebody's; the console's files say otherwise for themselves.
      reply.header('cache-control', 'no-store');
      if (!request.url.startsWith('/v1/')) reply.headers(PAGE_HEADERS);
      done();
    });
  },
  { name: 'security', fastify: '5.x' },
);

/** What helmet sets for a page; the same for every answer, so it is asked once. */
const PAGE_HEADERS = headersOf(helmet(PAGES));

function headersOf(middleware: ReturnType<typeof helmet>): Record<string, string> {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  middleware(response.req, response, () => undefined);
  const headers = Object.entries(response.getHeaders());
  return Object.fromEntries(headers.map(([name, value]) => [name, String(value)]));
}
