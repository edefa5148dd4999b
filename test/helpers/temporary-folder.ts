// Folders that are gone after the test.
import { chmodSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';

const MEMORY = '/dev/shm';
/** A container's /dev/shm often has 64 MB only; a run's databases need some hundred. */
const ROOMY_BYTES = 1_000_000_000;

/** An empty folder that others may pass through: as root, PostgreSQL runs as another user than the test. */
export function temporaryFolder(t: Test): string {
  return removedAfter(t, makeTemporaryFolder(tmpdir()));
}

/** The same in memory where there is room: a database is created there ten times as fast. */
export function fastTemporaryFolder(t: Test): string {
  return removedAfter(t, makeTemporaryFolder(fastRoot()));
}

export function makeTemporaryFolder(parent: string): string {
  const folder = mkdtempSync(join(parent, `brc-test-${process.pid}-`));
  chmodSync(folder, 0o711);
  return folder;
}

/** Memory when it is roomy and may hold programs, else the ordinary temporary folder. */
export function fastRoot(): string {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    const isExecutable = !/ \/dev\/shm \w+ \S*noexec/.test(readFileSync('/proc/mounts', 'utf8'));
    return isExecutable && bavail * bsize > ROOMY_BYTES ? MEMORY : tmpdir();
  } catch {
    return tmpdir();
  }
}

function removedAfter(t: Test, folder: string): string {
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
