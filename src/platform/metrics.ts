// What the process counts, for Prometheus at `GET /metrics`. Rooms add their own through `app.metrics`; labels come
// from closed lists or the catalogue, never from what a client wrote.
import { createHash, timingSafeEqual } from 'node:crypto';
import createError from '@fastify/error';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { addDatabaseGauges } from './database-gauges.ts';
import { createMetrics, type Metrics } from './metrics-registry.ts';

export interface MetricsOptions {
  /** Undefined: anybody may read. */
  token: string | undefined;
  version: string;
  /** Of the database, for this process. */
  maxConnections: number;
}

declare module 'fastify' {
  interface FastifyInstance {
    metrics: Metrics;
  }
}

/** How often the event loop's delay is sampled, ms. */
const LOOP_PRECISION_MS = 20;

const MetricsTokenWrong = createError('METRICS_TOKEN_WRONG', 'the metrics need their bearer token', 401);

export default fp<MetricsOptions>(
  async (app, { token, version, maxConnections }) => {
    const registry = new Registry();
    collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOP_PRECISION_MS });
    const metrics = createMetrics(registry);
    app.decorate('metrics', metrics);
    metrics.gauge({
      name: 'build_info',
      help: 'Always 1; the label is the version.',
      label: 'version',
      read: () => ({ [version]: 1 }),
    });
    addDatabaseGauges(metrics, app.database, maxConnections);

    const expected = token === undefined ? undefined : digest(token);
    app.get('/metrics', { config: { access: 'public' }, logLevel: 'warn' }, async (request, reply) => {
      if (expected !== undefined && !timingSafeEqual(digest(bearerOf(request)), expected))
        throw new MetricsTokenWrong();
      return reply.type(registry.contentType).send(await registry.metrics());
    });
  },
  { name: 'metrics', fastify: '5.x', dependencies: ['database'] },
);

function bearerOf({ headers: { authorization = '' } }: FastifyRequest): string {
  return /^Bearer +(\S+) *$/i.exec(authorization)?.[1] ?? '';
}

/** Of one length, so that the comparison takes the same time whatever was sent. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
