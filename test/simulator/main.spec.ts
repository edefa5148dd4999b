import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import t from 'tap';

// As TypeScript while working, as JavaScript once built.
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const main = fileURLToPath(new URL(`../../src/simulator/main.${extension}`, import.meta.url));

function run(t: { teardown(end: () => unknown): unknown }, env: Record<string, string>) {
  const child = spawn(process.execPath, [...process.execArgv, main], {
    env: { ...process.env, HOST: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  return child;
}

t.test('the process says where it listens, is healthy, and ends on SIGTERM', async (t) => {
  const child = run(t, { PORT: '0', SIMULATOR_PACE: 'instant' });
  const [line] = await once(createInterface(child.stdout), 'line');
  const url = /http:\/\/127\.0\.0\.1:\d+$/.exec(String(line))?.[0] ?? '';
  t.equal((await fetch(`${url}/healthz`)).status, 200);
  child.kill('SIGTERM');
  t.same(await once(child, 'exit'), [0, null]);
});

t.test('a PORT that is no port ends the process with a sentence', async (t) => {
  const child = run(t, { PORT: 'eight' });
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const [code] = await once(child, 'close');
  t.equal(code, 1);
  t.match(text, /PORT is not a port: eight/);
});
