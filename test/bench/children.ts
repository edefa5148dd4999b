// The processes of a benchmark. Whatever ends it, they end with it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Of the project. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Child {
  readonly process: ChildProcess;
  readonly pid: number;
  /** SIGTERM, and SIGKILL if that is not heard; resolves when it has ended. */
  stop(): Promise<void>;
}

export interface ChildSettings {
  args: string[];
  env?: Record<string, string>;
  /** Where its output goes. */
  log: string;
}

const STOP_WITHIN_MS = 30_000;

/** A Node process with a message channel and nothing of our environment but what it needs to run at all. */
export function startChild({ args, env, log }: ChildSettings): Child {
  const { PATH = '', HOME = '' } = process.env;
  const output = openSync(log, 'a');
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { PATH, HOME, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', ...env },
    stdio: ['ignore', output, output, 'ipc'],
  });
  closeSync(output);
  const ended = once(child, 'exit');
  return {
    process: child,
    pid: child.pid ?? -1,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      await ended;
      clearTimeout(late);
    },
  };
}

/** One of the servers beside this module, as TypeScript. */
export function startServer(
  name: string,
  settings: Omit<ChildSettings, 'args'> & { nodeArgs?: string[] },
): Child {
  const file = fileURLToPath(new URL(`servers/${name}.ts`, import.meta.url));
  return startChild({ ...settings, args: [...(settings.nodeArgs ?? []), '--import', 'tsx', file] });
}

/** The next message of a child; rejects, with what it last wrote, when it ends instead. */
export async function nextMessage<T>(child: Child, log: string): Promise<T> {
  const stop = new AbortController();
  const { signal } = stop;
  try {
    const ended = once(child.process, 'exit', { signal }).then(() => {
      throw new Error(`a server of the benchmark ended:\n${readFileSync(log, 'utf8').slice(-2000)}`);
    });
    // Both sides of the channel are ours: the message has the type its sender gave it.
    const message = once(child.process, 'message', { signal }).then(([value]) => value as T);
    return await Promise.race([message, ended]);
  } finally {
    stop.abort();
  }
}
