// The composition root: one ordered list of rooms, which is the map of the house. See docs/architecture.md.
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Config } from './config.ts';
import type { Database } from './db/client.ts';
import { isDatabaseUnavailable as isDatabaseAway, isStatementUnsent as isUnsent } from './db/unavailable.ts';
import consoleFiles from './platform/console.ts';
import database from './platform/database.ts';
import errors, { answerUnroutable } from './platform/errors.ts';
import health from './platform/health.ts';
import metrics from './platform/metrics.ts';
import openapi from './platform/openapi.ts';
import requestIds, { newRequestId } from './platform/request-ids.ts';
import security from './platform/security.ts';
import validation, { parseQuery } from './platform/validation.ts';
import alerts from './plugins/alerts/index.ts';
import auditLog from './plugins/audit-log/index.ts';
import auth from './plugins/auth/index.ts';
import billing from './plugins/billing/index.ts';
import ledger from './plugins/billing/ledger/index.ts';
import receipts from './plugins/billing/receipts/index.ts';
import chatProxy, { type FetchRules } from './plugins/chat-proxy/index.ts';
import groups from './plugins/groups/index.ts';
import keys from './plugins/keys/index.ts';
import limits from './plugins/limits/index.ts';
import models from './plugins/models/index.ts';
import prices from './plugins/prices/index.ts';
import reconciliation from './plugins/reconciliation/index.ts';
import repricing from './plugins/repricing/index.ts';
import sessions from './plugins/sessions/index.ts';
import stats from './plugins/stats/index.ts';
import threads from './plugins/threads/index.ts';
import type { Provider } from './providers/provider.ts';

export interface AppDeps {
  config: Config;
  adminApiKey: string;
  database: Database;
  provider: Provider;
  logger: FastifyBaseLogger;
  /** Of this software, for the API's description. */
  version: string;
  /** Where the built console is; absolute. */
  consoleFolder: string;
  /** How long a shutdown waits for answers under way, ms; default 20 s. */
  shutdownGraceMs?: number;
  /** What "per minute" means for rate limits, seconds; default 60. */
  limitWindowSeconds?: number;
  /** How images that a request names by URL are fetched; default: the public network only, see `FETCH_RULES`. */
  fetchRules?: Partial<FetchRules>;
}

/** Bodies outside `/v1`. */
const BODY_LIMIT_BYTES = 1024 * 1024;
/** Model ids may be ARNs. */
const MAX_PARAM_LENGTH = 2048;
const HEADERS_TIMEOUT_MS = 30_000;
const BODY_TIMEOUT_MS = 60_000;
/** How long a shutdown waits for answers under way, then for their settlements. */
const SHUTDOWN_GRACE_MS = 20_000;
const FLUSH_MS = 5_000;
const MINUTE_SECONDS = 60;
/** How long the slots of parallel requests outlive a process that was killed. */
const SLOT_LEASE_MS = 30_000;

export async function buildApp(deps: AppDeps): Promise<FastifyInstance> {
  const { config } = deps;
  const app: FastifyInstance = Fastify({
    loggerInstance: deps.logger,
    // One line per failed request is logged by the error handler; a line per request would cost a third of its time.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: BODY_TIMEOUT_MS,
    trustProxy: typeof config.trustProxy === 'boolean' ? config.trustProxy : [...config.trustProxy],
    requestIdHeader: false,
    genReqId: newRequestId,
    frameworkErrors: answerUnroutable,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH, querystringParser: parseQuery },
  });
  app.server.headersTimeout = HEADERS_TIMEOUT_MS;

  await app.register(requestIds);
  await app.register(errors, { isDatabaseAway });
  await app.register(validation);
  await app.register(security, { corsOrigins: config.corsOrigins });
  await app.register(database, { database: deps.database });
  // Before auth, whose rule that every route declares its access holds for all that follows.
  await app.register(openapi, { version: deps.version });

  await app.register(auth, {
    adminApiKey: deps.adminApiKey,
    keyPepper: config.keyPepper,
    dataDir: config.dataDir,
  });
  await app.register(health);
  await app.register(metrics, {
    token: config.metricsToken,
    version: deps.version,
    maxConnections: config.database.maxConnections,
  });
  await app.register(auditLog);
  await app.register(prices);
  await app.register(models);
  await app.register(limits, {
    valkeyUrl: config.valkeyUrl,
    countsCacheReads: config.countsCacheReads,
    windowSeconds: deps.limitWindowSeconds ?? MINUTE_SECONDS,
    slotLeaseMs: SLOT_LEASE_MS,
  });
  await app.register(billing, {
    leaseMs: config.holdLeaseMs,
    flushMs: FLUSH_MS,
    calendar: { timeZone: config.billingTimeZone, anchorDay: config.billingAnchorDay },
    dataDir: config.dataDir,
    auditMs: config.auditMs,
    isDatabaseAway,
    isUnsent,
  });
  await app.register(receipts);
  await app.register(ledger);
  await app.register(groups);
  await app.register(repricing);
  await app.register(alerts, {
    thresholds: config.alertThresholds,
    intervalMs: config.alertSweepMs,
    mail: config.mail,
  });
  await app.register(keys);
  await app.register(sessions);
  await app.register(threads, { isDatabaseAway });
  await app.register(stats);
  await app.register(reconciliation);
  await app.register(chatProxy, {
    provider: deps.provider,
    region: config.region,
    estimator: config.estimate,
    defaultMaxOutputTokens: config.defaultMaxOutputTokens,
    isStrict: config.isStrict,
    remoteMedia: { isEnabled: config.fetchesRemoteImages, rules: deps.fetchRules },
    drain: {
      ms: config.drainMs,
      maxTokens: config.drainMaxTokens,
      maxExchanges: config.drainMaxExchanges,
    },
    shutdownGraceMs: deps.shutdownGraceMs ?? SHUTDOWN_GRACE_MS,
    recordMs: FLUSH_MS,
  });
  await app.register(consoleFiles, { isEnabled: config.isUiEnabled, folder: deps.consoleFolder });
  return app;
}
