// The inference routes: every one is decoded, admitted, carried to a provider and settled, in that order.
import fp from 'fastify-plugin';
import type { Provider } from '../../providers/provider.ts';
import { createAdmission } from './admission.ts';
import { createCountTokens } from './count-tokens.ts';
import { createDispatch } from './dispatch.ts';
import { createDrains, type DrainLimits } from './drains.ts';
import type { Estimator } from './estimate.ts';
import { createLiveExchanges } from './live-exchanges.ts';
import { createMeters } from './meters.ts';
import { createRemoteMedia, type FetchRules } from './remote-media/index.ts';
import { inferenceRoutes } from './routes.ts';
import { createSeldom } from './seldom.ts';
import { createTargetHealth } from './target-health.ts';
import { createWalk, type WalkDeps } from './walk.ts';
import { createWholeWork } from './whole-work.ts';

export type { FetchRules } from './remote-media/index.ts';

export interface ChatProxyOptions {
  provider: Provider;
  region: string;
  estimator: Estimator;
  /** Output limit of a request that names none, tokens. */
  defaultMaxOutputTokens: number;
  /** Parameters without effect are refused, not only reported. */
  isStrict: boolean;
  /** Whether URLs in requests are fetched, and by which rules. */
  remoteMedia: { isEnabled: boolean; rules?: Partial<FetchRules> | undefined };
  drain: DrainLimits;
  /** How long a shutdown waits for answers under way, ms. */
  shutdownGraceMs: number;
  /** How long a target that keeps failing is left alone, ms. */
  breakerOpenMs: number;
  /** How long a shutdown then waits for records, ms. */
  recordMs: number;
  /** Silence of a stream after which it is kept open by a ping, ms; default 15 s. */
  pingMs?: number | undefined;
}

/** How often answers under way are noted beside their holds. */
const PROGRESS_MS = 2_000;
/** A target that is not set up rightly fails every try in the same way. */
const WARN_EVERY_MS = 60_000;
/** Prompts with documents and pictures are large. */
const BODY_LIMIT_BYTES = 32 * 1024 * 1024;

export default fp<ChatProxyOptions>(
  async (app, options) => {
    const live = createLiveExchanges();
    const meters = createMeters(app.metrics);
    app.metrics.gauge({
      name: 'exchanges_open',
      help: 'Exchanges under way in this process.',
      read: () => live.count(),
    });
    app.metrics.gauge({
      name: 'settlements_waiting',
      help: 'Settlements that wait for the database; those of them that are on the local disk.',
      label: 'kept',
      read() {
        const { settlements, spooled } = app.billing.waiting;
        return { memory: Math.max(0, settlements - spooled), disk: spooled };
      },
    });
    const onReleaseLost = (error: unknown) => app.log.error({ err: error }, 'a hold is left to the reaper');
    const admission = createAdmission({
      models: app.models,
      limits: app.limits,
      billing: app.billing,
      region: options.region,
      now: () => new Date(),
      random: Math.random,
      onReleaseLost,
    });
    const health = createTargetHealth({
      openMs: options.breakerOpenMs,
      now: () => performance.now(),
      onBreaker: ({ isOpen, ...facts }) =>
        isOpen
          ? app.log.warn(facts, 'a target keeps failing: the others go first')
          : app.log.info(facts, 'a target answers again'),
    });
    app.metrics.gauge({
      name: 'targets_avoided',
      help: 'Targets that others go before: those that asked for a pause, and those that keep failing.',
      label: 'reason',
      read: health.avoided,
    });
    const exchanges = {
      billing: app.billing,
      threads: app.threads,
      meters,
      limits: app.limits,
      drains: createDrains(options.drain),
      now: () => performance.now(),
      onSettlementLost: (error: unknown) =>
        app.log.error({ err: error }, 'a settlement is left to the reaper'),
    };
    const jobs = {
      provider: options.provider,
      estimator: options.estimator,
      defaultMaxOutputTokens: options.defaultMaxOutputTokens,
    };
    const isNews = createSeldom({ everyMs: WARN_EVERY_MS, now: () => performance.now() });
    const remoteMedia = createRemoteMedia(options.remoteMedia);
    const countTokens = createCountTokens({
      admission,
      jobs,
      remoteMedia,
      live,
      billing: app.billing,
      onReleaseLost,
    });
    const deps: WalkDeps = {
      app,
      admission,
      jobs,
      dispatch: createDispatch({
        health,
        meters,
        onMisconfigured: ({ error, ...where }) => {
          const { code = error.kind, hint } = error;
          if (isNews(JSON.stringify([where.model, where.region, code])))
            app.log.warn({ err: error, hint, ...where }, 'a target is not set up rightly');
        },
      }),
      exchanges,
      live,
      meters,
      remoteMedia,
      isStrict: options.isStrict,
      pingMs: options.pingMs,
    };
    app.register(inferenceRoutes, {
      prefix: '/v1',
      walk: createWalk(deps),
      work: createWholeWork(deps),
      countTokens,
      meters,
      bodyLimit: BODY_LIMIT_BYTES,
    });
    const progress = setInterval(() => {
      const rows = live.progress();
      if (rows.length > 0) void app.billing.noteProgress(rows);
    }, PROGRESS_MS);
    progress.unref();
    app.addHook('onClose', async () => clearInterval(progress));
    app.addHook('preClose', () =>
      live.finish({ graceMs: options.shutdownGraceMs, recordMs: options.recordMs }),
    );
    app.addHook('onClose', () => options.provider.close());
  },
  {
    name: 'chat-proxy',
    fastify: '5.x',
    dependencies: ['auth', 'metrics', 'models', 'limits', 'billing', 'threads', 'errors', 'security'],
  },
);
