// What the simulator really served, gathered from its journal while it goes: the journal forgets, this does not.
import type { Journal, JournalEntry } from '../../src/simulator/simulator.ts';
import { idIn } from './plan.ts';

export interface Truth {
  /** Takes over what is new in the journal. Entries go on changing until they are finished. */
  gather(): void;
  /** By the id in the prompt; more than one where the gateway tried again. */
  readonly served: ReadonlyMap<string, readonly JournalEntry[]>;
}

export function createTruth(journal: Journal): Truth {
  const served = new Map<string, JournalEntry[]>();
  const known = new Set<JournalEntry>();
  return {
    served,
    gather() {
      for (const entry of journal.entries()) {
        if (known.has(entry)) continue;
        known.add(entry);
        const id = idIn(JSON.stringify(entry.request));
        if (id === undefined) throw new Error('a call upstream that no client of ours asked for');
        served.set(id, [...(served.get(id) ?? []), entry]);
      }
    },
  };
}
