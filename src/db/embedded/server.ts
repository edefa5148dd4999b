// The server process: start, wait until it takes connections, stop.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { type Binaries, giveTo } from './binaries.ts';
import { EmbeddedPostgresError } from './failure.ts';
import type { Home } from './home.ts';
import { readPostmaster } from './postmaster-file.ts';
import { oneLine, run, spawnOptions } from './run.ts';

/** Where the server shall listen. */
export type Listen = { readonly socketFolder: string } | { readonly port: number };

/** How a start ended, when it is not an error: it serves, or another server (or its remains) has the data. */
export type Launch = 'ready' | 'busy';

const POLL_MS = 15;
/** Recovery after a crash reads the log since the last checkpoint: usually a second, minutes on slow disks. */
const READY_WITHIN_MS = 180_000;
const STOP_WITHIN_MS = 60_000;
const MAX_LOG_BYTES = 5_000_000;

const SETTINGS: Readonly<Record<string, string>> = {
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Starts, stops and crashes; no failing statements, they may quote what users wrote.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
};

/**
 * Starts the server and waits until it is ready. It goes on when this process ends: the next one adopts it.
 * @throws EmbeddedPostgresError when it cannot start; the message carries its own words
 */
export async function launch(
  home: Home,
  binaries: Binaries,
  listen: Listen,
  settings: Readonly<Record<string, string>>,
): Promise<Launch> {
  const { file, offset } = openLog(home);
  const options = Object.entries({ ...SETTINGS, ...settings }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const child = spawn(binaries.postgres, ['-D', home.data, ...listenOptions(listen), ...options], {
    ...spawnOptions(home.user, home.folder),
    // Its own process group: Ctrl-C must reach us alone, we still need the database to settle what is open.
    detached: true,
    stdio: ['ignore', file, file],
  });
  closeSync(file);
  child.unref();
  const ending = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`ended with ${signal ?? code}`));
  });
  const ended = await waitUntilReady(child, home, ending);
  if (ended === undefined) return 'ready';
  const words = readFileSync(home.log).subarray(offset).toString();
  if (/lock file "[^"]*" already exists|pre-existing shared memory block/.test(words)) return 'busy';
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL does not start: ${oneLine(words || ended)} (see ${home.log})`,
  );
}

/** @returns undefined when ready, else how the process ended */
async function waitUntilReady(
  child: ChildProcess,
  home: Home,
  ending: Promise<string>,
): Promise<string | undefined> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    const ended = await Promise.race([ending, pause(POLL_MS)]);
    if (ended !== undefined) return ended;
    const postmaster = readPostmaster(home.data);
    if (postmaster?.pid === child.pid && postmaster?.isReady) return undefined;
  }
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL is still recovering after ${READY_WITHIN_MS / 1000} s (see ${home.log})`,
  );
}

function listenOptions(listen: Listen): string[] {
  if ('port' in listen) {
    return ['-p', String(listen.port), '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='];
  }
  const options = ['-c', 'listen_addresses=', '-c', 'unix_socket_permissions=0700'];
  return ['-p', '5432', '-k', listen.socketFolder, ...options];
}

function openLog(home: Home): { file: number; offset: number } {
  const size = () => statSync(home.log, { throwIfNoEntry: false })?.size ?? 0;
  if (size() > MAX_LOG_BYTES) renameSync(home.log, `${home.log}.1`);
  const file = openSync(home.log, 'a', 0o600);
  giveTo(home.log, home.user);
  return { file, offset: size() };
}

/**
 * Fast shutdown: running transactions are rolled back, connections cut, everything written. Waits for the end.
 * @throws EmbeddedPostgresError when it takes longer than a minute
 */
export async function shutDown(home: Home, binaries: Binaries): Promise<void> {
  const pid = readPostmaster(home.data)?.pid;
  if (pid === undefined) return;
  await requestShutdown(pid, home, binaries);
  // Not `pg_ctl stop --wait`: it would wait on when another process starts its server at once.
  const deadline = Date.now() + STOP_WITHIN_MS;
  while (readPostmaster(home.data)?.pid === pid) {
    if (Date.now() > deadline) {
      throw new EmbeddedPostgresError(
        `The embedded PostgreSQL is still stopping after ${STOP_WITHIN_MS / 1000} s`,
      );
    }
    await pause(POLL_MS);
  }
}

async function requestShutdown(pid: number, home: Home, binaries: Binaries): Promise<void> {
  if (process.platform === 'win32') {
    // No signals there: pg_ctl speaks to the server through a pipe.
    await run(binaries.pgCtl, ['stop', '-D', home.data, '-m', 'fast', '-W'], home.user, home.folder);
    return;
  }
  try {
    process.kill(pid, 'SIGINT');
  } catch (error) {
    // It ended by itself meanwhile.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
