// Running PostgreSQL's programs: as which user, with what environment.
import { type SpawnOptions, spawn } from 'node:child_process';

/** PostgreSQL refuses to run as root, so a root process lends it another identity; undefined: our own. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

export interface RunResult {
  /** Null when a signal ended it or it never started. */
  code: number | null;
  output: string;
  /** Why it never started: `EACCES`, `ENOENT`, ... */
  startFailure: string | undefined;
}

/** What every one of its programs is spawned with. Our own environment holds secrets and PG* variables: not passed on. */
export function spawnOptions(user: RunAs | undefined, cwd: string): SpawnOptions {
  const inherited = ['PATH', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    cwd,
    env: { ...Object.fromEntries(inherited), LC_ALL: 'C', TZ: 'UTC' },
    windowsHide: true,
    ...(user && { uid: user.uid, gid: user.gid }),
  };
}

/** Runs a program to its end; never throws. */
export function run(
  program: string,
  args: readonly string[],
  user: RunAs | undefined,
  cwd: string,
): Promise<RunResult> {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(program, args, { ...spawnOptions(user, cwd), stdio: ['ignore', 'pipe', 'pipe'] });
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    child.once('error', (error) => {
      const startFailure = 'code' in error ? String(error.code) : error.message;
      resolve({ code: null, output: output || error.message, startFailure });
    });
    child.once('close', (code) => resolve({ code, output, startFailure: undefined }));
  });
}

/** A program's output as one line for an error message. */
export function oneLine(output: string): string {
  return output
    .trim()
    .split(/\s*\n\s*/)
    .slice(-4)
    .join(' / ')
    .slice(0, 500);
}
