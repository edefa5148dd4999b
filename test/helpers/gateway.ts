// A whole gateway for a test: the real app on a real port, a database of its own, and the simulator as its upstream.
import { pino } from 'pino';
import type { Test } from 'tap';
import { type AppDeps, buildApp } from '../../src/app.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import { THREAD_RECORDED } from '../../src/db/channels.ts';
import type { Database } from '../../src/db/client.ts';
import { loggerOptions } from '../../src/platform/logger.ts';
import { createBedrockProvider } from '../../src/providers/bedrock/index.ts';
import { createSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/simulator.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { temporaryFolder } from './temporary-folder.ts';

export const ADMIN_API_KEY = 'br_test_bootstrap_key_0123456789';

export interface TestGatewayOptions {
  /** Settings, as in the environment. */
  env?: Readonly<Record<string, string>>;
  /** Another gateway on the same database (a second replica). */
  database?: TestDatabase;
  simulator?: Simulator;
  simulatorOptions?: SimulatorOptions;
  consoleFolder?: string;
  shutdownGraceMs?: number;
  limitWindowSeconds?: number;
  /** Where images that a request names by URL may be fetched from. */
  fetchRules?: AppDeps['fetchRules'];
  /** Receives every line that the gateway logs, as it would stand in production's log. */
  onLogLine?(line: string): void;
}

export interface ApiAnswer {
  status: number;
  headers: Headers;
  // Tests look into answers of every shape.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  body: any;
}

export interface NewKey {
  id: number;
  secret: string;
}

export async function startTestGateway(t: Test, options: TestGatewayOptions = {}) {
  const simulator = options.simulator ?? (await createSimulator(options.simulatorOptions));
  if (options.simulator === undefined) t.teardown(() => simulator.close());
  const testDatabase = options.database ?? (await createTestDatabase(t));
  const config = testConfig(t, testDatabase, options.env);
  const database = testDatabase.open({
    maxConnections: config.database.maxConnections,
    timeZone: config.billingTimeZone,
  });
  const provider = createBedrockProvider({
    env: {
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: simulator.url,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    },
    timeouts: config.upstream,
  });
  const app = await buildApp({
    config,
    adminApiKey: ADMIN_API_KEY,
    database,
    provider,
    logger: testLogger(options.onLogLine),
    version: '0.0.0-test',
    consoleFolder: options.consoleFolder ?? '/nonexistent',
    ...(options.shutdownGraceMs !== undefined && { shutdownGraceMs: options.shutdownGraceMs }),
    ...(options.limitWindowSeconds !== undefined && { limitWindowSeconds: options.limitWindowSeconds }),
    ...(options.fetchRules !== undefined && { fetchRules: options.fetchRules }),
  });
  t.teardown(() => app.close());
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const recorded = await countRecorded(database);

  async function api(
    method: string,
    path: string,
    init: { key?: string; body?: unknown; headers?: Record<string, string> } = {},
  ) {
    return request(url, method, path, init);
  }

  return {
    app,
    url,
    simulator,
    database,
    testDatabase,
    api,
    admin: (method: string, path: string, body?: unknown) => api(method, path, { key: ADMIN_API_KEY, body }),

    async createKey(body: Record<string, unknown> = {}): Promise<NewKey> {
      const answer = await api('POST', '/admin/api-key/apply', {
        key: ADMIN_API_KEY,
        body: { name: 'test', month_quota: '10', ...body },
      });
      if (answer.status !== 200)
        throw new Error(`apply answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      return { id: answer.body.data.id, secret: answer.body.data.api_key };
    },

    /** One chat completion, not streamed unless the body says so. */
    chat(key: NewKey, body: Record<string, unknown> = {}, headers: Record<string, string> = {}) {
      return api('POST', '/v1/chat/completions', {
        key: key.secret,
        headers,
        body: {
          model: 'claude-3-haiku',
          messages: [{ role: 'user', content: 'ping' }],
          max_tokens: 64,
          ...body,
        },
      });
    },

    /** Resolves when so many exchanges, since the start, are settled and recorded. */
    recorded: (count: number) => recorded.reach(count),

    /** All invariants of the ledger hold, now. */
    async auditFaults(): Promise<number> {
      const { invariants } = await app.billing.audit();
      return invariants.reduce((sum, { wrong }) => sum + wrong, 0);
    },
  };
}

export type TestGateway = Awaited<ReturnType<typeof startTestGateway>>;

function testLogger(onLogLine: TestGatewayOptions['onLogLine']) {
  if (onLogLine === undefined) return pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' });
  // Without the transport that a terminal gets: the lines as machines read them.
  const { transport: _terminal, ...options } = loggerOptions('trace');
  return pino(options, { write: onLogLine });
}

function testConfig(t: Test, database: TestDatabase, env: Readonly<Record<string, string>> = {}): Config {
  const root = temporaryFolder(t);
  return loadConfig({
    root,
    env: {
      ...database.environment,
      ADMIN_API_KEY,
      KEY_PEPPER: 'a pepper for tests only',
      DATA_DIR: root,
      AWS_REGION: 'us-east-1',
      ...env,
    },
  });
}

async function request(
  url: string,
  method: string,
  path: string,
  { key, body, headers = {} }: { key?: string; body?: unknown; headers?: Record<string, string> },
): Promise<ApiAnswer> {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: isRaw ? (body as string) : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

async function countRecorded(database: Database) {
  let count = 0;
  const waiting: { count: number; resolve(): void }[] = [];
  await database.sql.listen(THREAD_RECORDED, (payload) => {
    count += payload.split(',').length;
    for (const waiter of waiting) if (count >= waiter.count) waiter.resolve();
  });
  return {
    async reach(wanted: number): Promise<void> {
      if (count < wanted) await new Promise<void>((resolve) => waiting.push({ count: wanted, resolve }));
    },
  };
}
