// The embedded PostgreSQL: a real server from npm, for whoever has not set up a database. Used through the
// same client, schema and migrations as any other; unix socket only (loopback with a password on Windows).
import { realpathSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { DatabaseConnection } from '../client.ts';
import { ensureDatabaseExists } from '../create-database.ts';
import { type Binaries, findNativePackage, makeRunnable } from './binaries.ts';
import { ensureCluster } from './cluster.ts';
import { EmbeddedPostgresError } from './failure.ts';
import { type Home, prepareHome, prepareSocketFolder } from './home.ts';
import { removeStaleLock } from './postmaster-file.ts';
import { joinServer, type Presence } from './presence.ts';
import { type Launch, type Listen, launch, shutDown } from './server.ts';

export { EmbeddedPostgresError };

export interface EmbeddedPostgresOptions {
  /** Absolute. The database lives in its sub-folder `postgres`. */
  dataDir: string;
  log: EmbeddedLog;
  /** Further settings of the server, for a process that starts it; tests switch durability off here. */
  settings?: Readonly<Record<string, string>>;
  /** Default: `socket`, on Windows `tcp`. */
  transport?: 'socket' | 'tcp';
  /** Where root keeps data that PostgreSQL's user could not reach in `dataDir`. */
  relocationFolder?: string;
}

/** Receives single lines. */
export interface EmbeddedLog {
  info(line: string): void;
  warn(line: string): void;
}

export interface EmbeddedPostgres {
  /** Stays valid while this process lives: a server that dies comes back at the same place. */
  readonly connection: DatabaseConnection;
  /** Leaves; the last process to leave stops the server. Safe to call twice. */
  stop(): Promise<void>;
}

const DATABASE = 'brconnector';
/** Another process may be stopping, or the remains of a killed server may be winding up. */
const ATTACH_WITHIN_MS = 60_000;
const RETRY_MS = 100;
const MAX_RESTART_PAUSE_MS = 5_000;

interface Context extends EmbeddedPostgresOptions {
  home: Home;
  binaries: Binaries;
  listen: Listen;
}

/**
 * Starts the server on `dataDir`, or joins the one that runs there (started by another process, or left over by
 * a killed one). While this process lives, a server that dies is started again.
 * @throws EmbeddedPostgresError: one line for the operator
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const home = prepareHome(options.dataDir, options.relocationFolder);
  if (!home.folder.startsWith(realpathSync(options.dataDir))) {
    options.log.info(
      `The embedded database is in ${home.folder}: PostgreSQL's user cannot enter ${options.dataDir}`,
    );
  }
  const binaries = await makeRunnable(await findNativePackage(), home.user, home.folder);
  const isTcp = (options.transport ?? (process.platform === 'win32' ? 'tcp' : 'socket')) === 'tcp';
  await ensureCluster(home, binaries, isTcp);
  const listen = isTcp ? { port: await freePort() } : { socketFolder: prepareSocketFolder(home) };
  const context = { ...options, home, binaries, listen };
  const first = await attach(context);
  const connection = { ...first.connection, database: DATABASE };
  const supervisor = supervise({ ...context, listen: listenAgain(first.connection, listen) }, first);
  try {
    await ensureDatabaseExists(connection);
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
  return { connection, stop: supervisor.stop };
}

/** Joins, or starts and joins. */
async function attach(context: Context): Promise<Presence> {
  const deadline = Date.now() + ATTACH_WITHIN_MS;
  let outcome: Launch = 'busy';
  while (Date.now() < deadline) {
    const presence = await joinServer(context.home);
    if (presence) return presence;
    outcome = await launch(context.home, context.binaries, context.listen, context.settings ?? {});
    if (outcome === 'ready') continue;
    if (removeStaleLock(context.home.data))
      context.log.warn('Removed a lock file that a killed PostgreSQL left behind');
    await pause(RETRY_MS);
  }
  throw new EmbeddedPostgresError(
    `Another PostgreSQL has ${context.home.data} and does not answer: stop it (its process id is the first line of ` +
      'postmaster.pid there), or choose another DATA_DIR',
  );
}

/** Keeps the server up until `stop`. */
function supervise(context: Context, first: Presence): { stop: () => Promise<void> } {
  const stopping = new AbortController();
  const watch = async () => {
    for (let presence = first; ; ) {
      const isLost = await Promise.race([
        presence.lost.then(() => true),
        aborted(stopping.signal).then(() => false),
      ]);
      if (!isLost) return await leave(context, presence);
      await presence.close();
      if (stopping.signal.aborted) return;
      context.log.warn('The embedded PostgreSQL has gone; starting it again');
      const next = await reattach(context, stopping.signal);
      if (next === undefined) return;
      presence = next;
    }
  };
  const watching = watch();
  return {
    stop() {
      stopping.abort();
      return watching;
    },
  };
}

async function reattach(context: Context, stopping: AbortSignal): Promise<Presence | undefined> {
  for (let pauseMs = RETRY_MS; !stopping.aborted; pauseMs = Math.min(pauseMs * 2, MAX_RESTART_PAUSE_MS)) {
    try {
      const presence = await attach(context);
      context.log.info('The embedded PostgreSQL is back');
      return presence;
    } catch (error) {
      context.log.warn(error instanceof Error ? error.message : String(error));
    }
    await pause(pauseMs, undefined, { signal: stopping }).catch(() => undefined);
  }
  return undefined;
}

async function leave({ home, binaries, log }: Context, presence: Presence): Promise<void> {
  // A server that does not answer any more has nobody to serve, and nothing we could stop in good order.
  const isLast = await presence.leave().catch(() => false);
  try {
    if (isLast) await shutDown(home, binaries);
    else log.info('The embedded PostgreSQL goes on for another process');
  } finally {
    await presence.close();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Where a server of ours must come back, so that the connection we gave away stays valid. */
function listenAgain({ path, port }: DatabaseConnection, wished: Listen): Listen {
  if (path !== undefined) return { socketFolder: dirname(path) };
  return port === undefined ? wished : { port };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
