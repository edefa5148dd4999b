// A Bedrock Runtime look-alike for demos, tests and benchmarks. It knows nothing of the gateway, which reaches it
// over HTTP like the real service.
import type { Pace } from './answer.ts';
import { createControl } from './control.ts';
import { createFrameWriter } from './event-stream.ts';
import { createGates } from './gates.ts';
import { createJournal, type Journal } from './journal.ts';
import { listen } from './listen.ts';
import { createRoutes } from './routes.ts';
import { createRuleBook, type RuleHandle } from './rule-book.ts';
import type { Rule } from './script.ts';
import { createService } from './service.ts';

export type { Pace } from './answer.ts';
export type { Journal, JournalEntry } from './journal.ts';
export type { RuleHandle } from './rule-book.ts';
export type * from './script.ts';

export interface SimulatorOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0: any free port. */
  port?: number;
  /** Default: instant. */
  pace?: Pace;
  /** False keeps no journal, for benchmarks. Default true. */
  journal?: boolean;
}

export interface Simulator {
  /** For `AWS_ENDPOINT_URL_BEDROCK_RUNTIME`; HTTP/1.1 and HTTP/2 alike. */
  readonly url: string;
  readonly port: number;
  readonly journal: Journal;
  /** Adds a rule behind those there are; throws a TypeError for one that makes no sense. */
  script(rule: Rule): RuleHandle;
  /** Opens a gate for good; says how many calls were waiting at it. */
  release(gate: string): number;
  /** Resolves once so many calls (default 1) wait at the gate. */
  reached(gate: string, calls?: number): Promise<void>;
  /** Forgets rules, gates (who waits goes on) and journal; calls in progress go on. */
  reset(): void;
  /** Ends all connections at once, open streams too. */
  close(): Promise<void>;
}

export const INSTANT: Pace = { firstTokenMs: 0, betweenTokensMs: 0 };

/** About as quick as a model that one reads along with. */
export const HUMAN_PACE: Pace = { firstTokenMs: 350, betweenTokensMs: 35 };

/** Rejects when the port cannot be had. */
export async function createSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { host = '127.0.0.1', port = 0, pace = INSTANT } = options;
  const rules = createRuleBook();
  const gates = createGates();
  const journal = createJournal(options.journal ?? true);
  let isClosing = false;

  function reset(): void {
    rules.clear();
    gates.reset();
    journal.clear();
  }

  const writer = createFrameWriter();
  const serve = createService({ rules, gates, journal, pace, writer, isClosing: () => isClosing });
  const control = createControl({ rules, gates, journal, reset });
  const listener = await listen(createRoutes(serve, control), { host, port });

  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${listener.port}`,
    port: listener.port,
    journal,
    script: rules.add,
    release: gates.release,
    reached: gates.reached,
    reset,
    close() {
      isClosing = true;
      return listener.close();
    },
  };
}
