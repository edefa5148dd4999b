// `npm run bench`: builds the server if it is not there yet, then runs test/bench/main.ts. See docs/benchmark.md.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const server = join(root, 'dist/server/index.js');
if (!existsSync(server)) {
  const build = spawnSync(process.execPath, ['scripts/build-server.mjs'], { cwd: root, stdio: 'inherit' });
  if (build.status !== 0) process.exit(build.status ?? 1);
}
// Not rebuilt by itself: another process may be running from that folder.
const builtAt = statSync(server).mtimeMs;
const isStale = readdirSync(join(root, 'src'), { recursive: true }).some((file) => {
  return file.endsWith('.ts') && statSync(join(root, 'src', file)).mtimeMs > builtAt;
});
if (isStale)
  console.warn('dist/server is older than src: what is measured is the old build (npm run build-server)');

const args = ['--import', 'tsx', 'test/bench/main.ts', ...process.argv.slice(2)];
const bench = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
// It ends its servers first; Ctrl-C reaches it without us.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => bench.kill('SIGTERM'));
bench.on('exit', (code) => process.exit(code ?? 1));
