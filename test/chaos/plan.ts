// What a run will do, drawn from its seed: each request, each recharge, each fault. Pure; the n-th request of a seed
// is the same whenever it happens.
import { type BehaviourName, marker, STREAMED, WHOLE } from './behaviours.ts';
import { createRandom, type Random } from './random.ts';

export const REPLICAS = 3;

/** USD. `grouped` and `sibling` share the budget of a group. `edited` has its quota changed during the run; `nearly` is exhausted most of the time. */
export const KEYS = [
  { name: 'quota', month_quota: '50', balance: '0', weight: 5 },
  { name: 'balance', month_quota: '0', balance: '50', weight: 5 },
  { name: 'mixed', month_quota: '0.004', balance: '20', weight: 4 },
  { name: 'nearly', month_quota: '0.002', balance: '0.001', weight: 4 },
  { name: 'grouped', month_quota: '50', balance: '1', weight: 3 },
  { name: 'sibling', month_quota: '0.001', balance: '10', weight: 3 },
  { name: 'edited', month_quota: '0.01', balance: '5', weight: 3 },
] as const;
/** What the group may spend in all, USD: enough for the first minute or two. */
export const GROUP_BUDGET = '0.03';
export type KeyName = (typeof KEYS)[number]['name'];

export interface RequestPlan {
  /** Stands in the prompt (the journal shows it) and in `x-request-id` (the usage row shows it). */
  id: string;
  key: KeyName;
  replica: number;
  behaviour: BehaviourName;
  isStreamed: boolean;
  prompt: string;
  maxTokens: number;
  /** The client goes away after so long; null: it stays. */
  leavesAfterMs: number | null;
  /** What the client does before its next request. */
  restMs: number;
}

const LEAVING = 0.15;

export function planRequest(seed: number, number: number): RequestPlan {
  const random = createRandom(seed + number * 7919, 'request');
  const id = `chaos-${seed}-${number}`;
  const isStreamed = random.chance(0.6);
  const behaviour = weighted(random, isStreamed ? STREAMED : WHOLE);
  const filler = 'lorem ipsum '.repeat(random.between(0, 30));
  return {
    id,
    key: weighted(
      random,
      KEYS.map(({ name, weight }) => [name, weight]),
    ),
    replica: random.between(0, REPLICAS - 1),
    behaviour,
    isStreamed,
    prompt: `id=${id}; ${marker(behaviour)} ${filler}`,
    maxTokens: random.between(48, 160),
    leavesAfterMs: random.chance(LEAVING) ? random.between(1, 1500) : null,
    restMs: random.between(0, 250),
  };
}

/** The id that `planRequest` put into a prompt. */
export function idIn(prompt: string): string | undefined {
  return /id=(chaos-\d+-\d+);/.exec(prompt)?.[1];
}

export interface RechargePlan {
  /** Its Idempotency-Key, and its reason in the ledger. */
  id: string;
  key: KeyName;
  /** USD. */
  amount: string;
  /** One per try. */
  replicas: number[];
  restMs: number;
}

export function planRecharge(seed: number, number: number): RechargePlan {
  const random = createRandom(seed + number * 104_729, 'recharge');
  return {
    id: `recharge-${seed}-${number}`,
    key: random.pick(['nearly', 'nearly', 'mixed', 'balance']),
    amount: `0.${String(random.between(1, 40)).padStart(4, '0')}`,
    replicas: Array.from({ length: 40 }, () => random.between(0, REPLICAS - 1)),
    restMs: random.between(100, 600),
  };
}

/** The quota that the key `edited` gets in its n-th edit, USD. */
export function planQuota(seed: number, number: number): { quota: string; replica: number; restMs: number } {
  const random = createRandom(seed + number * 15_485_863, 'quota');
  const quota = random.pick(['0', '0.001', '0.01', '0.05', '1']);
  return { quota, replica: random.between(0, REPLICAS - 1), restMs: random.between(200, 900) };
}

function weighted<T>(random: Random, choices: readonly (readonly [T, number])[]): T {
  let left = random.next() * choices.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [choice, weight] of choices) {
    left -= weight;
    if (left < 0) return choice;
  }
  throw new Error('nothing to choose from');
}
