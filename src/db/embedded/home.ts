// Where the embedded database lives: DATA_DIR/postgres, its owner, its socket folder.
//
//   DATA_DIR/postgres/            0700, PostgreSQL's user. As root, and where that user cannot enter DATA_DIR
//     data/                       (such as /root/...), a symbolic link to /var/lib/brconnector/<hash>
//     socket/                     or <tmp>/brconnector-<hash> when the path would be too long for a socket
//     server.log, server.log.1
//     programs-<version>/         only where node_modules cannot be used as it is
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, realpathSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { giveTo } from './binaries.ts';
import { EmbeddedPostgresError, OR_OWN_DATABASE } from './failure.ts';
import type { RunAs } from './run.ts';

export interface Home {
  /** Real path, without symbolic links. */
  readonly folder: string;
  /** PGDATA. */
  readonly data: string;
  readonly log: string;
  /** Undefined: PostgreSQL runs as we do. */
  readonly user: RunAs | undefined;
}

/** `nobody`, where we are root: PostgreSQL refuses to run as root. */
const NOBODY: RunAs = { uid: 65_534, gid: 65_534 };
const RELOCATION_FOLDER = '/var/lib/brconnector';
/** sockaddr_un holds 104 (macOS) to 108 (Linux) bytes, the final zero included. */
const MAX_SOCKET_PATH_BYTES = 100;
export const SOCKET_FILE = '.s.PGSQL.5432';

/**
 * Creates or finds the folder and says who owns it.
 * @throws EmbeddedPostgresError when it cannot be used
 */
export function prepareHome(dataDir: string, relocationFolder: string = RELOCATION_FOLDER): Home {
  const isRoot = process.getuid?.() === 0;
  try {
    // Others may pass through (not list) where PostgreSQL runs as another user than we do.
    if (mkdirSync(dataDir, { recursive: true, mode: 0o711 })) chmodSync(dataDir, isRoot ? 0o711 : 0o700);
    const folder = realpathSync(createFolder(join(dataDir, 'postgres'), isRoot, relocationFolder));
    const data = join(folder, 'data');
    const user = isRoot ? ownerOf(folder, data) : undefined;
    refuseForeign(folder, user);
    return { folder, data, log: join(folder, 'server.log'), user };
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new EmbeddedPostgresError(`DATA_DIR ${dataDir} cannot be used (${reason})`, { cause: error });
  }
}

function createFolder(wished: string, isRoot: boolean, relocationFolder: string): string {
  const found = lstatSync(wished, { throwIfNoEntry: false });
  if (found?.isSymbolicLink() && !existsSync(wished)) {
    throw new EmbeddedPostgresError(
      `${wished} points to a folder that is not there: bring it back, or remove the link`,
    );
  }
  if (found) return wished;
  if (!isRoot || canEnter(dirname(wished), NOBODY)) return makeOnce(wished);
  const elsewhere = join(relocationFolder, hash(wished));
  mkdirSync(relocationFolder, { recursive: true, mode: 0o755 });
  makeOnce(elsewhere);
  ignoreExisting(() => symlinkSync(elsewhere, wished));
  return wished;
}

function makeOnce(folder: string): string {
  ignoreExisting(() => mkdirSync(folder, { mode: 0o700 }));
  return folder;
}

/** Another process may be starting on the same DATA_DIR. */
function ignoreExisting(create: () => void): void {
  try {
    create();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

/** As root: whoever owns the data already (a gateway run by a user before), else nobody. */
function ownerOf(folder: string, data: string): RunAs {
  const { uid, gid } = statSync(existsSync(data) ? data : folder);
  if (uid !== 0) return { uid, gid };
  giveTo(folder, NOBODY);
  return NOBODY;
}

function refuseForeign(folder: string, user: RunAs | undefined): void {
  if (process.getuid === undefined) return;
  if (user === undefined) {
    const { uid } = statSync(folder);
    if (uid === process.getuid()) return;
    throw new EmbeddedPostgresError(
      `${folder} belongs to another user (uid ${uid}; was the gateway started as root before?): change its owner, ` +
        `choose another DATA_DIR, ${OR_OWN_DATABASE}`,
    );
  }
  if (canEnter(folder, user)) return;
  throw new EmbeddedPostgresError(
    `PostgreSQL does not run as root, and uid ${user.uid} cannot enter ${folder}: start the gateway as another user, ` +
      `choose another DATA_DIR, ${OR_OWN_DATABASE}`,
  );
}

/** By the permission bits of the folder and everything above it. */
export function canEnter(folder: string, user: RunAs): boolean {
  for (let path = realpathSync(folder); ; path = dirname(path)) {
    const { mode, uid, gid } = statSync(path);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (path === dirname(path)) return true;
  }
}

/**
 * A folder for the socket, 0700, short enough for a socket's path.
 * @throws EmbeddedPostgresError when somebody else has made it
 */
export function prepareSocketFolder(home: Home): string {
  const name = `brconnector-${hash(home.folder)}`;
  const candidates = [join(home.folder, 'socket'), join(tmpdir(), name), join('/tmp', name)];
  const folder = candidates.find((one) => Buffer.byteLength(join(one, SOCKET_FILE)) <= MAX_SOCKET_PATH_BYTES);
  if (folder === undefined)
    throw new EmbeddedPostgresError(`The path of DATA_DIR ${home.folder} is too long`);
  const wasThere = existsSync(folder);
  makeOnce(folder);
  if (!wasThere) giveTo(folder, home.user);
  const entry = lstatSync(folder);
  const owner = home.user?.uid ?? process.getuid?.();
  // In a shared temporary folder the name could have been taken by another user: their server would get our SQL.
  if (!entry.isDirectory() || ![owner, 0].includes(entry.uid) || (entry.mode & 0o077) !== 0) {
    throw new EmbeddedPostgresError(`${folder} is not a private folder of ours: remove it`);
  }
  if (entry.uid !== owner) giveTo(folder, home.user);
  return folder;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
