// How much is read on for clients that have gone: each answer for so long and so far, and only so many at once.

export interface DrainLimits {
  /** From the client's leaving on, ms. */
  ms: number;
  /** Output read after that, tokens (estimated). */
  maxTokens: number;
  maxExchanges: number;
}

export function createDrains(limits: DrainLimits) {
  let open = 0;
  return {
    limits,
    /** Takes a place; false when there is none. */
    enter(): boolean {
      if (open >= limits.maxExchanges) return false;
      open += 1;
      return true;
    },
    leave(): void {
      open -= 1;
    },
    /** Exchanges that are read on now. */
    get open() {
      return open;
    },
  };
}

export type Drains = ReturnType<typeof createDrains>;
