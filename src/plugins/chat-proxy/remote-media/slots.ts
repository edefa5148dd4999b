// At most so many at once, and of each owner at most a share; the others wait their turn.

export interface Place {
  /** Whose work it is. */
  owner: number;
  /** Gives a place in the queue up. */
  signal: AbortSignal;
}

export interface Slots {
  /** Rejects with the signal's reason when that comes before the turn. */
  run<Value>(place: Place, work: () => Promise<Value>): Promise<Value>;
}

interface Waiting {
  owner: number;
  start(): void;
}

export function createSlots({ count, perOwner }: { count: number; perOwner: number }): Slots {
  let free = count;
  const taken = new Map<number, number>();
  const queue = new Set<Waiting>();

  const takenBy = (owner: number) => taken.get(owner) ?? 0;

  function take(owner: number): boolean {
    if (free === 0 || takenBy(owner) >= perOwner) return false;
    free -= 1;
    taken.set(owner, takenBy(owner) + 1);
    return true;
  }

  function giveBack(owner: number): void {
    free += 1;
    const left = takenBy(owner) - 1;
    if (left === 0) taken.delete(owner);
    else taken.set(owner, left);
    for (const next of queue) {
      if (!take(next.owner)) continue;
      queue.delete(next);
      next.start();
      return;
    }
  }

  async function turn({ owner, signal }: Place): Promise<void> {
    signal.throwIfAborted();
    if (take(owner)) return;
    await new Promise<void>((resolve, reject) => {
      const waiting = {
        owner,
        start() {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      const leave = () => {
        queue.delete(waiting);
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      queue.add(waiting);
    });
  }

  return {
    async run(place, work) {
      await turn(place);
      try {
        return await work();
      } finally {
        giveBack(place.owner);
      }
    },
  };
}
