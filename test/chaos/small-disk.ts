// A disk so small that it can be filled: a tmpfs, which needs root and the right to mount.
import { spawnSync } from 'node:child_process';
import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export interface SmallDisk {
  /** Takes every byte that is left. */
  fill(): void;
  free(): void;
  unmount(): void;
}

const SIZE = '1m';
const BLOCK = Buffer.alloc(4096);

/** @returns why not, where it cannot be had */
export function mountSmallDisk(folder: string): SmallDisk | string {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root on Linux';
  const options = `size=${SIZE},mode=0711`;
  const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { encoding: 'utf8' });
  if (mount.status !== 0) return `mount: ${mount.stderr ?? mount.error?.message}`.trim();
  const ballast = join(folder, 'ballast');
  return {
    fill() {
      try {
        for (;;) appendFileSync(ballast, BLOCK);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
      }
    },
    free: () => rmSync(ballast, { force: true }),
    unmount() {
      // Lazily: a process that was killed a moment ago may still have a file open.
      spawnSync('umount', ['-l', folder]);
    },
  };
}
