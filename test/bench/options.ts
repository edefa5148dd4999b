// The command line of the benchmark, bounded so that a typing error cannot occupy a machine for an hour.
import { parseArgs } from 'node:util';
import { TEST_NAMES, type TestName } from './workload.ts';

export interface BenchOptions {
  rounds: number;
  /** Measured seconds of one visit; a second of warm-up comes before it. */
  seconds: number;
  connections: number;
  /** Virtual keys of the second BRConnector line; 0: only the line with one hot key. */
  keys: number;
  tests: TestName[];
  /** File for the result as JSON. */
  out: string | undefined;
  /** Folder for V8 CPU profiles of the gateways. */
  profile: string | undefined;
}

export const USAGE = `npm run bench -- [--rounds 3] [--seconds 3] [--connections 64] [--keys 64] [--only sync,stream]
                  [--out FILE.json] [--profile FOLDER]`;

/** @throws Error whose message says what is wrong with the command line */
export function readOptions(args: string[]): BenchOptions {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '3' },
      connections: { type: 'string', default: '64' },
      keys: { type: 'string', default: '64' },
      only: { type: 'string', default: TEST_NAMES.join(',') },
      out: { type: 'string' },
      profile: { type: 'string' },
    },
  });
  return {
    rounds: within('rounds', values.rounds, [1, 20]),
    seconds: within('seconds', values.seconds, [1, 60]),
    connections: within('connections', values.connections, [1, 1000]),
    keys: within('keys', values.keys, [0, 1000]),
    tests: readTests(values.only),
    out: values.out,
    profile: values.profile,
  };
}

function within(name: string, text: string, [least, most]: [number, number]): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Error(`--${name} must be a whole number from ${least} to ${most}, not ${text}`);
}

function readTests(text: string): TestName[] {
  return text.split(',').map((name) => {
    const test = TEST_NAMES.find((each) => each === name.trim());
    if (test === undefined) throw new Error(`--only knows ${TEST_NAMES.join(' and ')}, not ${name}`);
    return test;
  });
}
