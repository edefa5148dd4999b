// A gateway process of a chaos run, as it is deployed: a process, its port, its DATA_DIR, and somebody who starts it
// again when it ends. Each start is an incarnation; which one served a request decides what may be expected of it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export interface Incarnation {
  readonly replica: number;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readyAt: number | null;
  /** When we sent SIGKILL, or it ended by itself. */
  diedAt: number | null;
  /** When we sent SIGTERM. */
  terminatedAt: number | null;
}

export interface Replica {
  readonly url: string;
  readonly incarnations: readonly Incarnation[];
  current(): Incarnation;
  /** SIGKILL; resolves when it is gone. The next incarnation starts at once. */
  kill(): Promise<void>;
  /** SIGTERM; resolves when it has ended. */
  terminate(): Promise<void>;
  ready(): Promise<void>;
  /** Ends it for good, in order. @returns how it ended */
  stop(): Promise<string>;
  /** Ends it for good, at once. */
  destroy(): Promise<void>;
  /** Ends that nobody asked for, after it had been ready. */
  readonly failures: readonly string[];
}

export interface ReplicaOptions {
  index: number;
  port: number;
  env: Record<string, string>;
  /** Node's arguments up to the program. */
  program: readonly string[];
  logFile: string;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** As a container's restart policy does. */
const RESTART_PAUSE_MS = 100;
const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 40_000;
/** Whatever ends us ends our gateways: they lose the channel to us. */
const END_WITH_PARENT = "data:text/javascript,process.on('disconnect',()=>process.exit(1))";

export function startReplica({ index, port, env, program, logFile }: ReplicaOptions): Replica {
  const url = `http://127.0.0.1:${port}`;
  const incarnations: Incarnation[] = [];
  const failures: string[] = [];
  let isStopping = false;
  let running = begin();

  function begin(): { child: ChildProcess; incarnation: Incarnation } {
    const output = openSync(logFile, 'a');
    const { PATH = '', HOME = '' } = process.env;
    const child = spawn(process.execPath, ['--import', END_WITH_PARENT, ...program], {
      cwd: ROOT,
      env: { PATH, HOME, PORT: String(port), ...env },
      stdio: ['ignore', output, output, 'ipc'],
    });
    closeSync(output);
    const incarnation: Incarnation = {
      replica: index,
      startedAt: Date.now(),
      readyAt: null,
      diedAt: null,
      terminatedAt: null,
    };
    incarnations.push(incarnation);
    child.once('exit', (code, signal) => void goOn(incarnation, String(signal ?? code)));
    return { child, incarnation };
  }

  async function goOn(ended: Incarnation, how: string): Promise<void> {
    const wasAsked = ended.diedAt !== null || (ended.terminatedAt !== null && how === '0');
    // A start without its database fails, and is tried again.
    if (!wasAsked && ended.readyAt !== null) failures.push(`gateway ${index} ended with ${how}`);
    if (!wasAsked) ended.diedAt = Date.now();
    if (!wasAsked) await pause(RESTART_PAUSE_MS);
    if (!isStopping) running = begin();
  }

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<string> {
    const { child, incarnation } = running;
    if (child.exitCode !== null || child.signalCode !== null)
      return String(child.signalCode ?? child.exitCode);
    const ended = once(child, 'exit');
    if (signal === 'SIGKILL') incarnation.diedAt = Date.now();
    else incarnation.terminatedAt = Date.now();
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    const [code, by] = await ended;
    clearTimeout(late);
    return String(by ?? code);
  }

  async function isReady(): Promise<boolean> {
    const asked = running.incarnation;
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) }).catch(
      () => undefined,
    );
    await answer?.arrayBuffer();
    if (!answer?.ok || asked !== running.incarnation) return false;
    asked.readyAt ??= Date.now();
    return true;
  }

  return {
    url,
    incarnations,
    failures,
    current: () => running.incarnation,
    async kill() {
      await end('SIGKILL');
    },
    async terminate() {
      await end('SIGTERM');
    },
    async ready() {
      for (const deadline = Date.now() + READY_WITHIN_MS; Date.now() < deadline; await pause(50))
        if (await isReady()) return;
      throw new Error(
        `gateway ${index} does not become ready:\n${readFileSync(logFile, 'utf8').slice(-2_000)}`,
      );
    },
    stop() {
      isStopping = true;
      return end('SIGTERM');
    },
    async destroy() {
      isStopping = true;
      await end('SIGKILL');
    },
  };
}
