// Other Node processes that run one of our modules, as the sources or as the compiled tests, whichever runs now.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Test } from 'tap';

export interface NodeProcess {
  readonly child: ChildProcess;
  /** The next line of its standard output. Rejects, with what it wrote to standard error, when it ends before. */
  line(): Promise<string>;
  /** Sends the signal and waits for the end. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Ends its standard input and waits for its end. @returns the exit code */
  finish(): Promise<number | null>;
}

/**
 * @param module without its extension, relative to `from`
 * @param from the caller's import.meta.url
 */
export function startNodeProcess(
  t: Test,
  {
    module,
    from,
    args,
    user,
  }: { module: string; from: string; args: string[]; user?: { uid: number; gid: number } },
): NodeProcess {
  const isSource = from.endsWith('.ts');
  const file = new URL(`${module}${isSource ? '.ts' : '.js'}`, from).pathname;
  const child = spawn(process.execPath, [...(isSource ? ['--import', 'tsx'] : []), file, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // The runner's own connections to its workers are not for grandchildren.
    env: { ...process.env, NODE_OPTIONS: '' },
    ...user,
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, 'exit');
  const kill = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
  };
  t.teardown(() => kill('SIGKILL'));
  return {
    child,
    kill,
    async line() {
      const { value, done } = await lines.next();
      if (!done) return value;
      await ended;
      throw new Error(`It ended early: ${complaint}`);
    },
    async finish() {
      child.stdin.end();
      await ended;
      return child.exitCode;
    },
  };
}
