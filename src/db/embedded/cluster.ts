// The data directory of the embedded PostgreSQL: made once, whole or not at all.
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Binaries, giveTo } from './binaries.ts';
import { EmbeddedPostgresError, OR_OWN_DATABASE } from './failure.ts';
import type { Home } from './home.ts';
import { oneLine, run } from './run.ts';

export const SUPERUSER = 'postgres';
const PASSWORD_FILE = 'brconnector-password';
/** Leftovers of an initdb that was killed; a running one takes seconds. */
const STALE_STAGING_MS = 10 * 60_000;
/**
 * Text sorts and compares by code point and changes case by Unicode, alike on every platform and release of
 * PostgreSQL (the built-in provider). LC_CTYPE is what extensions such as pg_trgm still look at.
 */
const LOCALE = [
  '--encoding=UTF8',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--locale=C',
  `--lc-ctype=${{ linux: 'C.UTF-8', darwin: 'UTF-8' }[process.platform as string] ?? 'C'}`,
];

/**
 * Creates the data directory unless it is there. Safe when several processes do so at once: each makes its own,
 * and the first rename wins.
 * @param withPassword connections come over TCP, where any local user could connect
 * @throws EmbeddedPostgresError when initdb fails or the data is of another major version
 */
export async function ensureCluster(home: Home, binaries: Binaries, withPassword: boolean): Promise<void> {
  removeLeftovers(home);
  if (!existsSync(join(home.data, 'PG_VERSION'))) await createCluster(home, binaries, withPassword);
  const version = readFileSync(join(home.data, 'PG_VERSION'), 'utf8').trim();
  if (Number(version) === binaries.majorVersion) return;
  throw new EmbeddedPostgresError(
    `${home.data} was made by PostgreSQL ${version}, this is PostgreSQL ${binaries.majorVersion}: dump it with the ` +
      `version that made it, ${OR_OWN_DATABASE}`,
  );
}

async function createCluster(home: Home, binaries: Binaries, withPassword: boolean): Promise<void> {
  const staging = join(home.folder, `data.new-${process.pid}-${randomBytes(4).toString('hex')}`);
  const passwordFile = `${staging}.password`;
  const password = randomBytes(24).toString('hex');
  try {
    mkdirSync(staging, { mode: 0o700 });
    giveTo(staging, home.user);
    writeFileSync(passwordFile, password, { mode: 0o600 });
    giveTo(passwordFile, home.user);
    const access = withPassword ? ['-A', 'scram-sha-256', `--pwfile=${passwordFile}`] : ['-A', 'trust'];
    const args = ['-D', staging, '-U', SUPERUSER, ...access, ...LOCALE, '--no-instructions'];
    const { code, output } = await run(binaries.initdb, args, home.user, home.folder);
    if (code !== 0)
      throw new EmbeddedPostgresError(`The embedded database could not be created: ${oneLine(output)}`);
    if (withPassword) {
      renameSync(passwordFile, join(staging, PASSWORD_FILE));
      chmodSync(join(staging, PASSWORD_FILE), 0o600);
    }
    publish(staging, home.data);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(staging, { recursive: true, force: true });
  }
}

function publish(staging: string, data: string): void {
  try {
    renameSync(staging, data);
  } catch (error) {
    if (existsSync(join(data, 'PG_VERSION'))) return;
    throw new EmbeddedPostgresError(`${data} is in the way: it is not a PostgreSQL data directory`, {
      cause: error,
    });
  }
}

/** The password of a cluster that was made with one. */
export function readPassword(home: Home): string | undefined {
  const file = join(home.data, PASSWORD_FILE);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function removeLeftovers(home: Home): void {
  for (const name of readdirSync(home.folder)) {
    const path = join(home.folder, name);
    if (!/^data\.new-|\.new-\d+$/.test(name)) continue;
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > STALE_STAGING_MS) rmSync(path, { recursive: true, force: true });
  }
}
