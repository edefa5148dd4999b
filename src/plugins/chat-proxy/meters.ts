// What the inference routes count. Model names come from the catalogue, all other labels from closed lists.
import type { FastifyInstance } from 'fastify';
import type { RefusalKind } from '../../canonical/refusal.ts';
import type { UpstreamErrorKind } from '../../canonical/upstream-error.ts';
import type { Charge } from '../billing/index.ts';
import type { ThreadStatus } from '../threads/index.ts';
import type { DialectName } from './voice.ts';

/** What the counters know of an exchange that has ended. */
export interface EndedExchange {
  /** The catalogue's name; the client's may be anything. */
  model: string;
  status: ThreadStatus;
  charge: Charge;
  firstByteMs: number | null;
  latencyMs: number;
}

/** Models think for minutes. */
const SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300] as const;
/** 10^-10 USD as the floating number that Prometheus counts in; the ledger has the exact sums. */
const USD = 1e-10;

export function createMeters(metrics: FastifyInstance['metrics']) {
  const requests = metrics.counter({
    name: 'requests_total',
    help: 'Answers to inference requests by dialect and class of status.',
    labels: ['dialect', 'status'],
  });
  const refused = metrics.counter({
    name: 'refused_total',
    help: 'Inference requests that the gateway itself refused, by reason.',
    labels: ['reason'],
  });
  const admitted = metrics.counter({ name: 'admitted_total', help: 'Inference requests that got a hold.' });
  const exchanges = metrics.counter({
    name: 'exchanges_total',
    help: 'Exchanges that have ended, by how and by where their usage comes from.',
    labels: ['status', 'source'],
  });
  const firstByte = metrics.histogram({
    name: 'first_byte_seconds',
    help: 'From the call upstream to its first event.',
    buckets: SECONDS,
  });
  const total = metrics.histogram({
    name: 'exchange_seconds',
    help: 'From the call upstream to its end.',
    buckets: SECONDS,
  });
  const tokens = metrics.counter({
    name: 'tokens_total',
    help: 'Tokens charged, by model and kind.',
    labels: ['model', 'kind'],
  });
  const fees = metrics.counter({
    name: 'fees_usd_total',
    help: 'Fees charged in USD, by model, before corrections.',
    labels: ['model'],
  });

  const targetFailures = metrics.counter({
    name: 'target_failures_total',
    help: 'Tries at a target that failed before they served anything to the client and not for what the client sent, by model, region and kind.',
    labels: ['model', 'region', 'kind'],
  });

  return {
    targetFailed(failure: { model: string; region: string; kind: UpstreamErrorKind }): void {
      targetFailures.inc(failure);
    },
    answered(dialect: DialectName, status: number): void {
      requests.inc({ dialect, status: `${Math.floor(status / 100)}xx` });
    },
    refused(reason: RefusalKind): void {
      refused.inc({ reason });
    },
    admitted(): void {
      admitted.inc();
    },
    ended({ model, status, charge, firstByteMs, latencyMs }: EndedExchange): void {
      exchanges.inc({ status, source: charge.usageSource });
      if (firstByteMs !== null) firstByte.observe(firstByteMs / 1000);
      total.observe(latencyMs / 1000);
      if (charge.fee > 0n) fees.inc({ model }, Number(charge.fee) * USD);
      const { usage } = charge;
      if (usage.inputTokens > 0) tokens.inc({ model, kind: 'input' }, usage.inputTokens);
      if (usage.outputTokens > 0) tokens.inc({ model, kind: 'output' }, usage.outputTokens);
      if (usage.cacheReadTokens > 0) tokens.inc({ model, kind: 'cache_read' }, usage.cacheReadTokens);
      const written = usage.cacheWrite5mTokens + usage.cacheWrite1hTokens;
      if (written > 0) tokens.inc({ model, kind: 'cache_write' }, written);
    },
  };
}

export type Meters = ReturnType<typeof createMeters>;
