// The PostgreSQL of a test run. Imports no tap: the runner (scripts/test.mjs) starts it too.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseConnection } from '../../src/db/client.ts';
import { startEmbeddedPostgres } from '../../src/db/embedded/index.ts';
import { readPostmaster } from '../../src/db/embedded/postmaster-file.ts';
import { fastRoot, makeTemporaryFolder } from './temporary-folder.ts';

export interface TestServer {
  readonly connection: DatabaseConnection;
  /** Stops it and removes its data. */
  stop(): Promise<void>;
}

/** Durability is not what these tests are about; a crash of the machine may cost their data. */
export const FAST_SETTINGS = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** Several test processes, each with a few pools. */
const MAX_CONNECTIONS = '400';

export async function startTestServer(warn: (line: string) => void): Promise<TestServer> {
  const dataDir = makeTemporaryFolder(fastRoot());
  const remove = () => rmSync(dataDir, { recursive: true, force: true });
  try {
    const log = { info() {}, warn };
    const settings = { ...FAST_SETTINGS, max_connections: MAX_CONNECTIONS };
    const { connection, stop } = await startEmbeddedPostgres({ dataDir, log, settings });
    return { connection, stop: () => stop().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Stops the servers and removes the folders that killed test processes left behind. */
export function removeLeftovers(): void {
  for (const parent of new Set([tmpdir(), fastRoot()])) {
    for (const name of readdirSync(parent)) {
      const owner = /^brc-test-(\d+)-/.exec(name)?.[1];
      if (owner === undefined || isAlive(Number(owner))) continue;
      try {
        removeLeftover(join(parent, name));
      } catch {
        // Another user's: theirs to remove.
      }
    }
  }
}

function removeLeftover(folder: string): void {
  // DATA_DIR is the folder or a sub-folder `data`.
  for (const dataDir of [folder, join(folder, 'data')]) killServer(join(dataDir, 'postgres', 'data'));
  unmountWithin(folder);
  rmSync(folder, { recursive: true, force: true });
}

/** The small disk of a chaos run. */
function unmountWithin(folder: string): void {
  if (process.platform !== 'linux') return;
  const points = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  for (const point of points) if (point.startsWith(`${folder}/`)) spawnSync('umount', ['-l', point]);
}

function killServer(data: string): void {
  const postmaster = readPostmaster(data);
  // An immediate shutdown: nobody wants this data any more.
  if (!postmaster || !isAlive(postmaster.pid)) return;
  process.kill(postmaster.pid, 'SIGQUIT');
  // A chaos run may have left it suspended.
  process.kill(postmaster.pid, 'SIGCONT');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
