// Gates hold calls back until a test lets them through; a released gate stays open until the reset.

export interface Gates {
  /** Resolves true once the gate is open, false as soon as `left` aborts. */
  pass(name: string, left: AbortSignal): Promise<boolean>;
  /** Opens the gate; says how many calls were waiting. */
  release(name: string): number;
  /** Resolves once so many calls wait at the gate. */
  reached(name: string, calls?: number): Promise<void>;
  /** Lets everybody through and shuts all gates again. */
  reset(): void;
}

interface Gate {
  isOpen: boolean;
  waiting: Set<(passed: boolean) => void>;
  watchers: Set<() => void>;
}

export function createGates(): Gates {
  const gates = new Map<string, Gate>();

  function gateOf(name: string): Gate {
    let gate = gates.get(name);
    if (gate === undefined) {
      gate = { isOpen: false, waiting: new Set(), watchers: new Set() };
      gates.set(name, gate);
    }
    return gate;
  }

  function open(gate: Gate): number {
    const waiting = gate.waiting.size;
    gate.isOpen = true;
    for (const go of [...gate.waiting]) go(true);
    return waiting;
  }

  return {
    pass(name, left) {
      const gate = gateOf(name);
      if (gate.isOpen || left.aborted) return Promise.resolve(!left.aborted);
      return new Promise((resolve) => {
        const leave = () => go(false);
        const go = (passed: boolean) => {
          gate.waiting.delete(go);
          left.removeEventListener('abort', leave);
          resolve(passed);
        };
        gate.waiting.add(go);
        left.addEventListener('abort', leave);
        for (const watcher of [...gate.watchers]) watcher();
      });
    },
    release: (name) => open(gateOf(name)),
    reached(name, calls = 1) {
      const gate = gateOf(name);
      return new Promise((resolve) => {
        const look = () => {
          if (gate.waiting.size < calls) return;
          gate.watchers.delete(look);
          resolve();
        };
        gate.watchers.add(look);
        look();
      });
    },
    reset() {
      for (const gate of gates.values()) open(gate);
      gates.clear();
    },
  };
}
