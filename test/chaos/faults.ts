// Which faults a run injects, and when. Pure: the schedule follows from the seed; doing it is the storm's job.
import { REPLICAS } from './plan.ts';
import { createRandom, type Random } from './random.ts';

/**
 * - `kill`: SIGKILL of a gateway, started again at once; `terminate`: the same with SIGTERM
 * - `cut`, `stall`: the network between one gateway and the database is gone, or carries nothing
 * - `crash`, `freeze`: PostgreSQL is stopped without a checkpoint, or all its processes are suspended
 * - `fill`: the disk that a gateway keeps its settlements on has no byte left
 */
export type FaultKind = 'kill' | 'terminate' | 'cut' | 'stall' | 'crash' | 'freeze' | 'fill';

export interface Fault {
  kind: FaultKind;
  /** The gateway it meets; no matter for `crash` and `freeze`. */
  replica: number;
  /** From the start of its episode, ms. */
  afterMs: number;
  /** How long it lasts; 0 for `kill` and `terminate`. */
  forMs: number;
}

/** Faults that belong together, and a pause in which the system may recover. */
export interface Episode {
  name: string;
  faults: Fault[];
  /** False: the next one comes before all gateways are back. */
  isAwaited: boolean;
  pauseMs: number;
}

/** Whose disk can be filled. */
export const SMALL_DISK_REPLICA = 0;
const LEAST_MS = 800;

export const EPISODES = {
  kill: (random) => [fault(random, 'kill', 0)],
  terminate: (random) => [fault(random, 'terminate', 0)],
  cut: (random, longMs) => [fault(random, 'cut', longMs)],
  stall: (random, longMs) => [fault(random, 'stall', longMs)],
  crash: (random, longMs) => [fault(random, 'crash', longMs)],
  freeze: (random, longMs) => [fault(random, 'freeze', longMs)],
  fill: (random, longMs) => [{ ...fault(random, 'fill', longMs), replica: SMALL_DISK_REPLICA }],
  'kill during crash': (random, longMs) => during(random, fault(random, 'crash', longMs), 'kill'),
  'kill during freeze': (random, longMs) => during(random, fault(random, 'freeze', longMs), 'kill'),
  'kill behind a cut': (random, longMs) => {
    const cut = fault(random, 'cut', longMs);
    return [cut, { ...inside(random, cut, 'kill'), replica: cut.replica }];
  },
  'terminate during crash': (random, longMs) => during(random, fault(random, 'crash', longMs), 'terminate'),
  'full disk during crash': (random, longMs) => {
    const crash = fault(random, 'crash', longMs);
    return [
      { kind: 'fill', replica: SMALL_DISK_REPLICA, afterMs: 0, forMs: crash.forMs + 500 },
      { ...crash, afterMs: 300 },
    ];
  },
  'all killed': (random) =>
    Array.from({ length: REPLICAS }, (_, replica) => ({ ...fault(random, 'kill', 0), replica })),
} satisfies Record<string, (random: Random, longMs: number) => Fault[]>;
export type EpisodeName = keyof typeof EPISODES;

/** Every episode asked for, again and again in another order, until `count` are there. */
export function planEpisodes(
  seed: number,
  { names, count, longestMs }: { names: readonly EpisodeName[]; count: number; longestMs: number },
): Episode[] {
  const random = createRandom(seed, 'faults');
  const episodes: Episode[] = [];
  while (episodes.length < count && names.length > 0) {
    for (const name of random.shuffle(names)) {
      const longMs = random.between(LEAST_MS, longestMs);
      episodes.push({
        name,
        faults: EPISODES[name](random, longMs),
        isAwaited: random.chance(0.8),
        pauseMs: random.between(200, 1_500),
      });
    }
  }
  return episodes.slice(0, count);
}

function fault(random: Random, kind: FaultKind, forMs: number): Fault {
  return { kind, replica: random.between(0, REPLICAS - 1), afterMs: 0, forMs };
}

function inside(random: Random, outer: Fault, kind: FaultKind): Fault {
  return {
    ...fault(random, kind, 0),
    afterMs: random.between(outer.forMs >> 2, outer.forMs - (outer.forMs >> 2)),
  };
}

function during(random: Random, outer: Fault, kind: FaultKind): Fault[] {
  return [outer, inside(random, outer, kind)];
}
