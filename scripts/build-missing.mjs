// Builds what `npm start` and `npm run demo` need, only if it is not there yet.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const missing = [
  existsSync(`${root}/dist/server/index.js`) ? '' : 'build-server',
  existsSync(`${root}/dist/public/index.html`) ? '' : 'build-ui',
].filter(Boolean);
for (const script of missing) {
  console.log(`First start: npm run ${script} …`);
  const run = spawnSync('npm', ['run', '--silent', script], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (run.status !== 0) process.exit(run.status ?? 1);
}
