// The environment as the process finds it: its TypeBox schema, and how `.env` and process.env become one
// set of checked strings and numbers. What the values mean is decided in ../config.ts.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { envSchema } from 'env-schema';
import { Type } from 'typebox';

/** A setting is missing or wrong. The message is one line that names the variable and never a secret's value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const ON = ['true', '1', 'ok', 'yes'];
const OFF = ['false', '0', 'no', 'off'];
const FLAG_WORDS = new Set([...ON, ...OFF]);

/** Marks a variable that is read as on or off, in any case. */
const flag = () => Type.Optional(Type.String({ enum: [...FLAG_WORDS] }));
const text = () => Type.Optional(Type.String());
const integer = (initial: number, minimum: number, maximum: number) =>
  Type.Integer({ default: initial, minimum, maximum });
/** Seconds; longer than a day is a typing error (often milliseconds). */
const seconds = (initial: number, minimum = 1) => integer(initial, minimum, 86_400);
const oneOf = (words: readonly string[], initial: string) =>
  Type.String({ enum: [...words], default: initial });

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Every variable that is read, with its default; `.env.example` explains each (a test compares the names). */
export const Environment = Type.Object({
  NODE_ENV: Type.String({ default: 'development' }),
  PORT: integer(8866, 0, 65_535),
  HOST: Type.String({ default: '0.0.0.0' }),
  ADMIN_API_KEY: text(),
  KEY_PEPPER: text(),
  DATABASE_URL: text(),
  MIGRATION_DATABASE_URL: text(),
  PGSQL_HOST: text(),
  PGSQL_PORT: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
  PGSQL_DATABASE: text(),
  PGSQL_USER: text(),
  PGSQL_PASSWORD: text(),
  PGSQL_MAX: integer(20, 3, 1_000),
  PGSQL_DEBUG_MODE: flag(),
  DATA_DIR: Type.String({ default: './data' }),
  VALKEY_URL: text(),
  TPM_COUNTS_CACHE_READS: flag(),
  AWS_REGION: text(),
  AWS_DEFAULT_REGION: text(),
  AWS_ENDPOINT_URL_BEDROCK_RUNTIME: text(),
  AWS_BEARER_TOKEN_BEDROCK: text(),
  DISABLE_UI: flag(),
  DEBUG_MODE: flag(),
  LOG_LEVEL: Type.Optional(Type.String({ enum: [...LOG_LEVELS] })),
  CORS_ORIGINS: text(),
  TRUST_PROXY: text(),
  METRICS_TOKEN: text(),
  BILLING_TIME_ZONE: Type.String({ default: 'UTC' }),
  BILLING_ANCHOR_DAY: integer(1, 1, 28),
  LEDGER_AUDIT_SECONDS: seconds(300, 0),
  HOLD_ESTIMATE: oneOf(['realistic', 'strict'], 'realistic'),
  DEFAULT_MAX_OUTPUT_TOKENS: integer(8_192, 1, 10_000_000),
  STRICT_PARAMS: flag(),
  REMOTE_IMAGES: flag(),
  HOLD_LEASE_SECONDS: seconds(30),
  DRAIN_SECONDS: seconds(60, 0),
  ALERT_THRESHOLDS: Type.String({ default: '50,80,100' }),
  ALERT_SWEEP_SECONDS: seconds(10, 0),
  SMTP_URL: text(),
  SMTP_FROM: text(),
  DRAIN_MAX_TOKENS: integer(100_000, 1, 10_000_000),
  DRAIN_MAX_EXCHANGES: integer(200, 0, 100_000),
  UPSTREAM_CONNECT_SECONDS: seconds(5),
  UPSTREAM_FIRST_EVENT_SECONDS: seconds(300),
  UPSTREAM_BETWEEN_EVENTS_SECONDS: seconds(120),
});
export type Environment = Type.Static<typeof Environment>;

/** Is the word one of those that switch a flag on? Absent and every other word is off. */
export function isOn(value: string | undefined): boolean {
  return value !== undefined && ON.includes(value.toLowerCase());
}

/** Is the word one that a flag knows? */
export function isFlagWord(value: string): boolean {
  return FLAG_WORDS.has(value.toLowerCase());
}

/** The nearest folder at or above `from` that has a package.json; `from` itself if there is none. */
export function projectRoot(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (isReadable(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) return from;
  }
}

function isReadable(file: string): boolean {
  try {
    readFileSync(file);
    return true;
  } catch {
    return false;
  }
}

/**
 * `<root>/.env`, or nothing when there is none.
 * @throws ConfigError when the file exists and cannot be read.
 */
export function readDotenv(root: string): Record<string, string> {
  let content: string;
  try {
    content = readFileSync(join(root, '.env'), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw new ConfigError(`The file ${join(root, '.env')} cannot be read`, { cause: error });
  }
  // A byte order mark (Windows editors) would become a part of the first name.
  const values = parseEnv(content.replace(/^\uFEFF/, ''));
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/**
 * Checks and converts; an empty variable counts as absent.
 * @throws ConfigError naming every variable that is wrong, with what would be right.
 */
export function parseEnvironment(values: Readonly<Record<string, string | undefined>>): Environment {
  const known: Record<string, string> = {};
  for (const [name, schema] of Object.entries(Environment.properties)) {
    const value = values[name];
    if (value === undefined || value.trim() === '') continue;
    // Words of a closed list are taken in any case; everything else as it stands.
    known[name] = 'enum' in schema ? value.trim().toLowerCase() : value;
  }
  try {
    return envSchema<Environment>({ schema: structuredClone(Environment), data: known, env: false });
  } catch (error) {
    throw new ConfigError(describe(error));
  }
}

interface Fault {
  instancePath: string;
  keyword: string;
  message?: string;
  params: Record<string, unknown>;
}

/** One line from Ajv's list of faults; it names variables and limits, never values. */
function describe(error: unknown): string {
  if (!(error instanceof Error) || !('errors' in error) || !Array.isArray(error.errors)) throw error;
  // Ajv's documented error objects; env-schema attaches them untyped.
  const faults = error.errors as Fault[];
  const lines = faults.map(({ instancePath, keyword, message, params }) => {
    const must =
      keyword === 'enum' ? `must be one of ${String(params.allowedValues).replaceAll(',', ', ')}` : message;
    return `${instancePath.slice(1)} ${must ?? 'is wrong'}`;
  });
  return lines.join('; ');
}
