// The PostgreSQL of a chaos run: durable, ours alone, and ours to crash and to suspend. Nobody starts it again but us.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseConnection } from '../../src/db/client.ts';
import { findNativePackage, makeRunnable } from '../../src/db/embedded/binaries.ts';
import { ensureCluster, SUPERUSER } from '../../src/db/embedded/cluster.ts';
import { prepareHome, prepareSocketFolder, SOCKET_FILE } from '../../src/db/embedded/home.ts';
import { readPostmaster, removeStaleLock } from '../../src/db/embedded/postmaster-file.ts';
import { oneLine, run } from '../../src/db/embedded/run.ts';
import { launch } from '../../src/db/embedded/server.ts';
import { until } from './until.ts';

export interface ChaosPostgres {
  /** Straight to the server, past every wire. */
  readonly connection: DatabaseConnection;
  readonly socket: string;
  start(): Promise<void>;
  /** `pg_ctl stop -m immediate`: no checkpoint, recovery at the next start. */
  crash(): Promise<void>;
  /** Suspends every process of it: connections stay open, nothing is answered. */
  freeze(): void;
  thaw(): void;
  /** Whatever state it is in. */
  stop(): Promise<void>;
}

const START_WITHIN_MS = 60_000;
/** Durable as in production: fsync, full_page_writes and synchronous_commit keep their defaults. */
const SETTINGS = { max_connections: '100' };

export async function createPostgres(dataDir: string): Promise<ChaosPostgres> {
  const home = prepareHome(dataDir);
  const binaries = await makeRunnable(await findNativePackage(), home.user, home.folder);
  await ensureCluster(home, binaries, false);
  const socketFolder = prepareSocketFolder(home);
  const socket = join(socketFolder, SOCKET_FILE);
  let frozen: number[] = [];

  async function start(): Promise<void> {
    await until('PostgreSQL starts', START_WITHIN_MS, async () => {
      if ((await launch(home, binaries, { socketFolder }, SETTINGS)) === 'ready') return true;
      removeStaleLock(home.data);
      return false;
    });
  }

  async function stop(mode: 'immediate' | 'fast'): Promise<void> {
    if (readPostmaster(home.data) === undefined) return;
    const args = ['stop', '-D', home.data, '-m', mode, '-w', '-t', '60'];
    const { code, output } = await run(binaries.pgCtl, args, home.user, home.folder);
    if (code !== 0) throw new Error(`pg_ctl stop: ${oneLine(output)}`);
  }

  function thaw(): void {
    for (const pid of frozen) signal(pid, 'SIGCONT');
    frozen = [];
  }

  return {
    connection: { path: socket, user: SUPERUSER, database: 'brconnector' },
    socket,
    start,
    crash: () => stop('immediate'),
    freeze() {
      const postmaster = readPostmaster(home.data)?.pid;
      if (postmaster === undefined) return;
      // The parent first, or it would go on to make children.
      signal(postmaster, 'SIGSTOP');
      frozen = [postmaster, ...childrenOf(postmaster)];
      for (const pid of frozen) signal(pid, 'SIGSTOP');
    },
    thaw,
    async stop() {
      thaw();
      await stop('immediate');
    },
  };
}

function signal(pid: number, name: 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent);
}

function parentOf(pid: number): number | undefined {
  try {
    // proc(5): "pid (name) state ppid ..."; the name may hold anything.
    const [, parent] = /\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return Number(parent);
  } catch {
    return undefined;
  }
}
