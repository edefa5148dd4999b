// postmaster.pid: PostgreSQL's own lock file in the data directory, which also says where the server listens.
// Its lines are documented in src/include/utils/pidfile.h.
import { readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** Empty when it listens on TCP only. */
  readonly socketFolder: string;
  readonly isReady: boolean;
}

/** What the file says; undefined when there is none or it is not complete yet. */
export function readPostmaster(data: string): Postmaster | undefined {
  const [pid, , , port, socketFolder, , , status] = readLines(data);
  if (!pid || !port || socketFolder === undefined) return undefined;
  return { pid: Number(pid), port: Number(port), socketFolder, isReady: status?.trim() === 'ready' };
}

/**
 * Removes a lock file whose server is gone though its process id still seems alive to PostgreSQL, which would refuse
 * to start: the id belongs to another program (after a power loss or in a new container ids start again), or to a
 * killed server whose parent has not noticed (a zombie).
 *
 * Only on Linux, where /proc tells. Should it ever err, PostgreSQL's second lock (shared memory tied to the data
 * directory) still keeps two servers apart.
 * @returns whether it was removed
 */
export function removeStaleLock(data: string): boolean {
  const before = readLines(data);
  const pid = Number(before[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !isGone(pid, data)) return false;
  if (readLines(data).join('\n') !== before.join('\n')) return false;
  const [, , , port, socketFolder] = before;
  // The socket has a lock file of the same kind.
  if (port && socketFolder) rmSync(join(socketFolder, `.s.PGSQL.${port}.lock`), { force: true });
  rmSync(join(data, 'postmaster.pid'), { force: true });
  return true;
}

function isGone(pid: number, data: string): boolean {
  try {
    // proc(5): "pid (name) state ..."; the name may hold anything.
    const [, name, state] = /\((.*)\) (\S)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    if (name !== 'postgres' || state === 'Z') return true;
    // Every process of a server works in its data directory.
    return readlinkSync(`/proc/${pid}/cwd`) !== data;
  } catch {
    return false;
  }
}

function readLines(data: string): string[] {
  try {
    return readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}
