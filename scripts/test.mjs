// `npm run test:run [-- patterns]`: compiles, starts one PostgreSQL for the run, and runs the test entries (those
// whose path contains a pattern, or all). The last line is `N passed, N failed`.
//
// TEST_DATABASE_URL runs the tests on a server of your own (its user must be allowed to create databases).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createReport } from './test-report.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const build = join(root, 'build');
const isWindows = process.platform === 'win32';
const TAP = 'node_modules/tap/dist/esm/run.mjs';
const jobs = 2;
/** Settings of the developer's shell that must not reach the tests: they would call AWS or another database. */
const FOREIGN =
  /^(AWS_|PGSQL_|PG[A-Z]|DATABASE_URL$|VALKEY_URL$|ADMIN_API_KEY$|KEY_PEPPER$|DATA_DIR$|NODE_ENV$|PORT$|HOST$)/;

/** A program has this long to end after a signal. */
const GRACE_MS = 2000;

let running;
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    interrupted = true;
    signalRunning(signal);
    // tap lets its tests finish first; who interrupts does not want to wait.
    setTimeout(() => signalRunning('SIGKILL'), GRACE_MS).unref();
  });
}

/** The program and everything that it has started. */
function signalRunning(signal) {
  try {
    if (running) process.kill(isWindows ? running.pid : -running.pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

/**
 * Runs a program of ours.
 * @param onLine receives its output by lines; without it the output is ours
 * @returns its exit code; 1 when a signal ended it
 */
async function run(args, { env = process.env, onLine } = {}) {
  running = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', onLine ? 'pipe' : 'inherit', 'inherit'],
    env,
    // A process group of its own, to be ended as a whole.
    detached: !isWindows,
  });
  const ended = once(running, 'exit');
  if (onLine) for await (const line of createInterface({ input: running.stdout })) onLine(line);
  const [code] = await ended;
  running = undefined;
  return code ?? 1;
}

/** @returns the compiled test entries, relative to the root */
function findEntries(patterns) {
  const files = readdirSync(join(build, 'test'), { recursive: true, encoding: 'utf8' });
  const entries = files
    .filter((file) => file.endsWith('.test.js'))
    .map((file) => join('build', 'test', file));
  const isWanted = (entry) =>
    patterns.length === 0 || patterns.some((one) => entry.split(sep).join('/').includes(one));
  return entries.filter(isWanted).sort();
}

async function compile() {
  rmSync(build, { recursive: true, force: true });
  const code = await run(['node_modules/typescript/bin/tsc', '-p', 'tsconfig.test.json']);
  if (code !== 0) return code;
  // What is not TypeScript (JSON, fixtures) travels along.
  const isAsset = (path) => !['.ts', '.mts', '.tsx'].includes(extname(path));
  for (const folder of ['src', 'test'])
    cpSync(join(root, folder), join(build, folder), { recursive: true, filter: isAsset });
  return 0;
}

/** Without its plugins' built files tap's first run after an installation fails. */
async function prepareTap() {
  return existsSync(join(root, '.tap', 'plugins')) ? 0 : await run([TAP, 'build']);
}

/** @returns how to reach the server, as variables for the tests, and how to leave nothing behind */
async function startServer() {
  const helper = pathToFileURL(join(build, 'test/helpers/test-server.js')).href;
  const { startTestServer, removeLeftovers } = await import(helper);
  removeLeftovers();
  const { TEST_DATABASE_URL: url } = process.env;
  if (url) return { variables: { TEST_DATABASE_URL: url }, stop: async () => removeLeftovers() };
  const { connection, stop } = await startTestServer((line) => console.error(line));
  return { variables: variablesFor(connection), stop: () => stop().finally(removeLeftovers) };
}

function variablesFor({ path, user, password, host, port, database }) {
  if (path) return { TEST_DATABASE_SOCKET: path };
  return { TEST_DATABASE_URL: `postgres://${user}:${password}@${host}:${port}/${database}` };
}

async function test(entries, report) {
  const server = await startServer();
  try {
    if (interrupted) return 1;
    const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !FOREIGN.test(name)));
    // Its advice on Node versions would stand between the results.
    clean.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
    const args = [TAP, 'run', '--reporter=tap', `--jobs=${jobs}`, ...entries];
    return await run(args, { env: { ...clean, ...server.variables }, onLine: report.line });
  } finally {
    await server.stop();
  }
}

async function compileAndTest(patterns, report) {
  const code = (await compile()) || (await prepareTap());
  if (code !== 0 || interrupted) return code;
  const entries = findEntries(patterns);
  if (entries.length > 0) return await test(entries, report);
  console.error('No test entry matches.');
  return 1;
}

const report = createReport((line) => console.log(line));
let code;
try {
  code = await compileAndTest(process.argv.slice(2), report);
} catch (error) {
  console.error(error);
  code = 1;
}
report.end();
const { passed, hasSummary } = report.totals;
let { failed } = report.totals;
if (interrupted) code = 130;
// Nothing that ran, or a run cut short, is a failure too, and so is what tap calls one without a count.
if (code === 0 && (failed > 0 || passed === 0 || !hasSummary)) code = 1;
if (code !== 0 && failed === 0) failed = 1;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = code;
