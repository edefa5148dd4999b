// A Valkey or Redis of a test's own, which it may kill, freeze and start again on the same port.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Test } from 'tap';
import { temporaryFolder } from './temporary-folder.ts';

const BINARIES = ['valkey-server', 'redis-server'];

/** Why the tests of shared limits cannot run on this machine; undefined: they can. */
export const valkeyIsMissing: string | undefined =
  findBinary() === undefined
    ? `NO VALKEY: install valkey-server or redis-server to test shared rate limits`
    : undefined;

export interface TestValkey {
  readonly url: string;
  /** Ends at once, as in a crash. */
  kill(): Promise<void>;
  /** Takes connections and answers nothing. */
  freeze(): void;
  thaw(): void;
  /** After a kill: an empty server at the same address. */
  start(): Promise<void>;
}

export async function startValkey(t: Test): Promise<TestValkey> {
  const binary = findBinary();
  if (binary === undefined) throw new Error(valkeyIsMissing);
  const folder = temporaryFolder(t);
  const port = await findFreePort();
  let server: ChildProcess | undefined;

  async function start(): Promise<void> {
    const args = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--dir', folder];
    const child = spawn(binary as string, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    server = child;
    for await (const line of createInterface({ input: child.stdout })) {
      if (!/ready to accept connections/i.test(line)) continue;
      child.stdout.resume();
      return;
    }
    throw new Error(`${binary} did not start`);
  }

  async function kill(): Promise<void> {
    const child = server;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  t.teardown(kill);
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    start,
    kill,
    freeze: () => void server?.kill('SIGSTOP'),
    thaw: () => void server?.kill('SIGCONT'),
  };
}

function findBinary(): string | undefined {
  const folders = process.env.PATH?.split(delimiter) ?? [];
  return BINARIES.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A TCP server has a port.
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
