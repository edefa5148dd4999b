// How the upstream treats a request: the prompt names it, the simulator's rules do it. Pure.
import type { Behaviour, Rule } from '../../src/simulator/simulator.ts';

/** Names of what can happen upstream; `plain` is the answer that no rule touches. */
export type BehaviourName = keyof typeof SCRIPTED | 'plain';

const words = (count: number) => Array.from({ length: count }, (_, index) => `word${index} `);
const usage = (inputTokens: number, outputTokens: number, more: Record<string, number> = {}) => ({
  inputTokens,
  outputTokens,
  totalTokens: inputTokens + outputTokens,
  ...more,
});

const SCRIPTED = {
  /** About a second; whole answers come after a third of one. */
  slow: { kind: 'answer', deltas: words(20), betweenFramesMs: 50, firstByteDelayMs: 300 },
  /** Outlives most faults. */
  long: { kind: 'answer', deltas: words(60), betweenFramesMs: 80, firstByteDelayMs: 300 },
  cached: {
    kind: 'answer',
    usage: usage(11, 29, { cacheReadInputTokens: 900, cacheWriteInputTokens: 70 }),
  },
  /** More than was reserved for it. */
  over: { kind: 'answer', usage: usage(120, 900) },
  absurd: { kind: 'answer', usage: usage(10, 1_000_000_000) },
  unmetered: { kind: 'answer', metadata: false },
  throttled: { kind: 'error', exception: 'ThrottlingException' },
  invalid: { kind: 'error', exception: 'ValidationException' },
  failing: { kind: 'error', exception: 'InternalServerException' },
  /** The connection goes before a status line. */
  dropped: { kind: 'cut', how: 'reset', firstByteDelayMs: 50 },
  broken: {
    kind: 'answer',
    deltas: words(12),
    betweenFramesMs: 20,
    fault: { kind: 'exception', name: 'ModelStreamErrorException', afterDeltas: 5 },
  },
  cut: { kind: 'answer', deltas: words(12), betweenFramesMs: 20, fault: { kind: 'cut', afterDeltas: 5 } },
  silent: {
    kind: 'answer',
    deltas: words(12),
    betweenFramesMs: 20,
    fault: { kind: 'stall', afterDeltas: 3 },
  },
} as const satisfies Record<string, Behaviour>;

/** How often each is asked for, of streamed and of whole answers. Whole answers are not stalled: their limit is long. */
export const STREAMED: readonly [BehaviourName, number][] = [
  ['plain', 30],
  ['slow', 28],
  ['long', 12],
  ['cached', 5],
  ['over', 3],
  ['absurd', 1],
  ['unmetered', 3],
  ['throttled', 3],
  ['invalid', 2],
  ['failing', 2],
  ['dropped', 2],
  ['broken', 3],
  ['cut', 3],
  ['silent', 2],
];
export const WHOLE: readonly [BehaviourName, number][] = [
  ['plain', 45],
  ['slow', 30],
  ['cached', 5],
  ['over', 3],
  ['absurd', 1],
  ['unmetered', 3],
  ['throttled', 4],
  ['invalid', 3],
  ['failing', 3],
  ['dropped', 3],
];

/** May the answer of our own gateway say 4xx or 5xx because the upstream did? */
export function isUpstreamFault(name: BehaviourName): boolean {
  return ['throttled', 'invalid', 'failing', 'dropped', 'broken', 'cut', 'silent'].includes(name);
}

export const marker = (name: BehaviourName) => `behave=${name};`;

export function rules(): Rule[] {
  return Object.entries(SCRIPTED).map(([name, behaviour]) => ({
    match: { textIncludes: `behave=${name};` },
    behaviour,
  }));
}
