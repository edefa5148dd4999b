// A whole gateway: its database (embedded unless one is configured), its provider and its app, started in order and
// stopped in reverse.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { buildApp } from './app.ts';
import { projectRoot } from './config/environment.ts';
import type { Config } from './config.ts';
import { type DatabaseConnection, openDatabase } from './db/client.ts';
import { startEmbeddedPostgres } from './db/embedded/index.ts';
import { grantToServingRole } from './db/grants.ts';
import { migrateDatabase } from './db/migrate.ts';
import { createBedrockProvider } from './providers/bedrock/index.ts';

export interface Gateway {
  app: FastifyInstance;
  /** Where it listens, e.g. `http://127.0.0.1:8866`. */
  url: string;
  /** Lets answers under way finish, settles them, then stops everything. */
  close(): Promise<void>;
}

export async function startGateway(config: Config, logger: FastifyBaseLogger): Promise<Gateway> {
  if (config.adminApiKey === undefined) throw new Error('ADMIN_API_KEY is required');
  for (const warning of config.warnings) logger.warn(warning);
  const server = await connectToPostgres(config, logger);
  try {
    const owner = config.database.migrationConnection ?? server.connection;
    const applied = await migrateDatabase(owner);
    if (owner !== server.connection) await grantToServingRole(owner, server.connection);
    if (applied.length > 0) logger.info({ migrations: applied }, 'database migrated');
    const database = openDatabase({
      connection: server.connection,
      maxConnections: config.database.maxConnections,
      timeZone: config.billingTimeZone,
      debug: config.database.isDebug ? (statement) => logger.debug({ statement }, 'sql') : undefined,
    });
    const app = await buildApp({
      config,
      adminApiKey: config.adminApiKey,
      database,
      provider: createBedrockProvider({ timeouts: config.upstream }),
      logger,
      version: readVersion(import.meta.dirname),
      consoleFolder: findConsole(import.meta.dirname),
    });
    const url = await app.listen({ port: config.port, host: config.host });
    return {
      app,
      url,
      async close() {
        await app.close();
        await database.close();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function connectToPostgres(
  config: Config,
  logger: FastifyBaseLogger,
): Promise<{ connection: DatabaseConnection; stop(): Promise<void> }> {
  const { connection } = config.database;
  if (connection !== undefined) return { connection, stop: async () => undefined };
  return startEmbeddedPostgres({
    dataDir: config.dataDir,
    log: { info: (line) => logger.info(line), warn: (line) => logger.warn(line) },
  });
}

/** `dist/public` beside the compiled server, or in the project when it runs from its sources. */
function findConsole(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    for (const candidate of [join(folder, 'public'), join(folder, 'dist', 'public')])
      if (existsSync(join(candidate, 'index.html'))) return candidate;
    if (folder === dirname(folder)) return join(from, 'public');
  }
}

function readVersion(from: string): string {
  const file = join(projectRoot(from), 'package.json');
  const manifest: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
}
