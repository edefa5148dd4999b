// The settings of the process: the only reader of process.env. Everything else receives a Config and
// trusts it.
import { resolve } from 'node:path';
import {
  ConfigError,
  type Environment,
  isOn,
  type LOG_LEVELS,
  parseEnvironment,
  projectRoot,
  readDotenv,
} from './config/environment.ts';
import {
  parseAdminKey,
  parseMail,
  parseMetricsToken,
  parseOrigins,
  parsePepper,
  parseRegion,
  parseThresholds,
  parseTimeZone,
  parseTrustProxy,
  parseUrl,
} from './config/values.ts';
import type { DatabaseConnection } from './db/client.ts';

export { ConfigError };

export interface Config {
  readonly nodeEnv: string;
  readonly isProduction: boolean;
  readonly port: number;
  readonly host: string;
  readonly database: DatabaseConfig;
  /** Absolute. Holds the embedded database and the generated pepper. */
  readonly dataDir: string;
  /** The bootstrap key; undefined only where the caller said it is not required. */
  readonly adminApiKey: string | undefined;
  /** Undefined: generated into `dataDir`. */
  readonly keyPepper: string | undefined;
  /** Where rate limits are counted for all replicas; undefined: every process counts for itself. */
  readonly valkeyUrl: string | undefined;
  /** Do tokens read from the cache count towards tokens per minute? */
  readonly countsCacheReads: boolean;
  readonly region: string;
  readonly upstream: UpstreamConfig;
  readonly isUiEnabled: boolean;
  readonly isDebug: boolean;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** IANA name; the zone whose months are billing months. */
  readonly billingTimeZone: string;
  /** The day of the calendar month on which a billing month begins, 1 to 28. */
  readonly billingAnchorDay: number;
  /** Percent of a quota or budget at which an alert is announced; ascending. */
  readonly alertThresholds: readonly number[];
  /** Pause between two looks for alerts, ms; 0: this process does not look. */
  readonly alertSweepMs: number;
  /** How e-mail is sent; undefined: not at all. */
  readonly mail: { readonly url: string; readonly from: string } | undefined;
  readonly holdLeaseMs: number;
  readonly drainMs: number;
  /** The most output that is read on after a client has gone, tokens. */
  readonly drainMaxTokens: number;
  /** The most answers that are read on at once. */
  readonly drainMaxExchanges: number;
  /** How often the ledger is proved, ms; 0: only when asked. */
  readonly auditMs: number;
  /** Which upper bound of the input a hold reserves. */
  readonly estimate: 'realistic' | 'strict';
  readonly defaultMaxOutputTokens: number;
  /** Parameters that would have no effect are refused, not only reported. */
  readonly isStrict: boolean;
  /** Images and documents that a request names by https URL are fetched. */
  readonly fetchesRemoteImages: boolean;
  /** Empty: `/v1` answers any origin, the console's routes only their own. */
  readonly corsOrigins: readonly string[];
  readonly trustProxy: boolean | readonly string[];
  /** Undefined: anybody may read `/metrics`. */
  readonly metricsToken: string | undefined;
  /** Things an operator should hear of at the start; one line each, without secrets. */
  readonly warnings: readonly string[];
}

export interface DatabaseConfig {
  /** `embedded`: run our own PostgreSQL in `dataDir`; `external`: connect to `connection`. */
  readonly kind: 'embedded' | 'external';
  /** Present exactly when `kind` is `external`. */
  readonly connection: DatabaseConnection | undefined;
  /** The owner of the tables, if `connection` is a role that only serves. */
  readonly migrationConnection: DatabaseConnection | undefined;
  /** The most connections this process may hold. */
  readonly maxConnections: number;
  /** Log every SQL statement (without its parameters). */
  readonly isDebug: boolean;
}

export interface UpstreamConfig {
  readonly connectMs: number;
  readonly firstEventMs: number;
  readonly betweenEventsMs: number;
}

export interface LoadConfigOptions {
  /** Instead of process.env. */
  env?: NodeJS.ProcessEnv;
  /** Instead of the project's root: where `.env` is and from where relative paths resolve. */
  root?: string;
  /** Default true: a missing ADMIN_API_KEY is an error. */
  requireAdminKey?: boolean;
}

/**
 * Reads `.env` in the project's root and the environment, which wins.
 *
 * The AWS SDK reads its settings (credentials, profile) from process.env by itself, so `AWS_*` lines of
 * `.env` are put there too, where they are not set already; not when `options.env` is given.
 * @throws ConfigError: one line that names the variable and never repeats a secret.
 */
export function loadConfig(options: LoadConfigOptions = {}): Config {
  const root = options.root ?? projectRoot(import.meta.dirname);
  const file = readDotenv(root);
  const environment = parseEnvironment({ ...file, ...(options.env ?? process.env) });
  if (options.env === undefined) shareWithAwsSdk(file);
  return buildConfig(environment, root, options.requireAdminKey ?? true);
}

function shareWithAwsSdk(file: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(file)) {
    if (name.startsWith('AWS_')) process.env[name] ??= value;
  }
}

function buildConfig(environment: Environment, root: string, requireAdminKey: boolean): Config {
  const nodeEnv = environment.NODE_ENV.trim();
  const isProduction = nodeEnv === 'production';
  const isDebug = isOn(environment.DEBUG_MODE);
  const admin = readAdminKey(environment, isProduction, requireAdminKey);
  const database = readDatabase(environment);
  return {
    nodeEnv,
    isProduction,
    port: environment.PORT,
    host: environment.HOST.trim(),
    database,
    dataDir: resolve(root, environment.DATA_DIR),
    adminApiKey: admin.key,
    keyPepper: environment.KEY_PEPPER === undefined ? undefined : parsePepper(environment.KEY_PEPPER),
    valkeyUrl: readUrl(environment, 'VALKEY_URL', ['redis', 'rediss', 'valkey', 'valkeys']),
    countsCacheReads: isOn(environment.TPM_COUNTS_CACHE_READS),
    region: readRegion(environment),
    upstream: readUpstream(environment),
    isUiEnabled: !isOn(environment.DISABLE_UI),
    isDebug,
    // The schema's enum; TypeBox types an enum of strings as string.
    logLevel: (environment.LOG_LEVEL ?? (isDebug ? 'debug' : 'info')) as Config['logLevel'],
    billingTimeZone: parseTimeZone(environment.BILLING_TIME_ZONE.trim()),
    billingAnchorDay: environment.BILLING_ANCHOR_DAY,
    alertThresholds: parseThresholds(environment.ALERT_THRESHOLDS),
    alertSweepMs: environment.ALERT_SWEEP_SECONDS * 1000,
    mail: parseMail(environment.SMTP_URL?.trim(), environment.SMTP_FROM?.trim()),
    holdLeaseMs: environment.HOLD_LEASE_SECONDS * 1000,
    drainMs: environment.DRAIN_SECONDS * 1000,
    drainMaxTokens: environment.DRAIN_MAX_TOKENS,
    drainMaxExchanges: environment.DRAIN_MAX_EXCHANGES,
    auditMs: environment.LEDGER_AUDIT_SECONDS * 1000,
    estimate: environment.HOLD_ESTIMATE === 'strict' ? 'strict' : 'realistic',
    defaultMaxOutputTokens: environment.DEFAULT_MAX_OUTPUT_TOKENS,
    isStrict: isOn(environment.STRICT_PARAMS),
    fetchesRemoteImages: isOn(environment.REMOTE_IMAGES),
    corsOrigins: parseOrigins(environment.CORS_ORIGINS),
    trustProxy: parseTrustProxy(environment.TRUST_PROXY),
    metricsToken: parseMetricsToken(environment.METRICS_TOKEN),
    warnings: [admin.warning, databaseWarning(environment)].filter((one) => one !== undefined),
  };
}

function readAdminKey(environment: Environment, isProduction: boolean, isRequired: boolean) {
  const key = environment.ADMIN_API_KEY?.trim();
  if (key !== undefined) return parseAdminKey(key, isProduction);
  if (!isRequired) return { key: undefined, warning: undefined };
  throw new ConfigError('ADMIN_API_KEY is missing: set it to a secret of at least 20 characters');
}

function readDatabase(environment: Environment): DatabaseConfig {
  const connection = readConnection(environment);
  const owner = readUrl(environment, 'MIGRATION_DATABASE_URL', ['postgres', 'postgresql']);
  return {
    kind: connection ? 'external' : 'embedded',
    connection,
    migrationConnection: owner === undefined || connection === undefined ? undefined : { url: owner },
    maxConnections: environment.PGSQL_MAX,
    isDebug: isOn(environment.PGSQL_DEBUG_MODE),
  };
}

function readConnection(environment: Environment): DatabaseConnection | undefined {
  const url = readUrl(environment, 'DATABASE_URL', ['postgres', 'postgresql']);
  if (url !== undefined) return { url };
  const {
    PGSQL_HOST: host,
    PGSQL_DATABASE: database,
    PGSQL_USER: user,
    PGSQL_PASSWORD: password,
  } = environment;
  const given = { PGSQL_HOST: host, PGSQL_DATABASE: database, PGSQL_USER: user };
  const isAnyGiven = [host, database, user, password, environment.PGSQL_PORT].some(
    (one) => one !== undefined,
  );
  if (!isAnyGiven) return undefined;
  // Half a connection must not fall back to the embedded database: the operator meant another one.
  if (host === undefined || database === undefined || user === undefined) {
    const missing = Object.entries(given).filter(([, value]) => value === undefined);
    throw new ConfigError(
      `${missing.map(([name]) => name).join(', ')} missing: PGSQL_* settings are incomplete`,
    );
  }
  return { host, port: environment.PGSQL_PORT ?? 5432, database, user, password };
}

function databaseWarning(environment: Environment): string | undefined {
  if (environment.MIGRATION_DATABASE_URL !== undefined && readConnection(environment) === undefined)
    return 'MIGRATION_DATABASE_URL is not used: the embedded database has one role';
  if (environment.DATABASE_URL === undefined || environment.PGSQL_HOST === undefined) return undefined;
  return 'DATABASE_URL and PGSQL_HOST are both set: DATABASE_URL is used';
}

function readUrl(
  environment: Environment,
  name: 'DATABASE_URL' | 'MIGRATION_DATABASE_URL' | 'VALKEY_URL' | 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME',
  schemes: readonly string[],
): string | undefined {
  const value = environment[name]?.trim();
  return value === undefined ? undefined : parseUrl(name, value, schemes);
}

/** AWS_DEFAULT_REGION is the CLI's variable: the JavaScript SDK ignores it, so we read it. */
function readRegion(environment: Environment): string {
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION'] as const) {
    const value = environment[name]?.trim();
    if (value !== undefined) return parseRegion(name, value);
  }
  return 'us-east-1';
}

function readUpstream(environment: Environment): UpstreamConfig {
  // Read by the AWS SDK itself; checked here, so that a typing error is one line at the start.
  readUrl(environment, 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME', ['http', 'https']);
  return {
    connectMs: environment.UPSTREAM_CONNECT_SECONDS * 1000,
    firstEventMs: environment.UPSTREAM_FIRST_EVENT_SECONDS * 1000,
    betweenEventsMs: environment.UPSTREAM_BETWEEN_EVENTS_SECONDS * 1000,
  };
}
