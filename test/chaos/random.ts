// Chance that can be repeated: everything that a run decides by lot follows from its seed.
export interface Random {
  /** From 0 (included) to 1 (excluded). */
  next(): number;
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number;
  chance(probability: number): boolean;
  pick<T>(choices: readonly [T, ...T[]]): T;
  /** The same things in another order. */
  shuffle<T>(things: readonly T[]): T[];
}

/** `label` makes streams that do not disturb each other: what one consumes changes nothing for another. */
export function createRandom(seed: number, label: string): Random {
  let state = seed >>> 0;
  for (let at = 0; at < label.length; at += 1) state = Math.imul(state ^ label.charCodeAt(at), 0x01000193);

  /** mulberry32 */
  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    between,
    chance: (probability) => next() < probability,
    pick: (choices) => choices[between(0, choices.length - 1)] ?? choices[0],
    shuffle(things) {
      const ordered = things.map((thing) => ({ thing, at: next() }));
      return ordered.sort((a, b) => a.at - b.at).map(({ thing }) => thing);
    },
  };
}
