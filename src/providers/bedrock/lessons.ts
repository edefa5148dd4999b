// What refusals have taught about models, for an hour: long enough to spare the next requests the same refusal, short
// enough that a model which learns is believed again. Of this process alone.
import type { ModelCapabilities } from '../../canonical/capabilities.ts';

export interface Lessons {
  /** What is remembered of the model; nothing by default. */
  of(baseId: string): Partial<ModelCapabilities>;
  add(baseId: string, learnt: Partial<ModelCapabilities>): void;
}

const HOUR_MS = 3_600_000;
/** Base ids come from the catalogue, which an administrator may fill with any number. */
const MAX_MODELS = 256;

/** @param now milliseconds since the epoch */
export function createLessons(now: () => number): Lessons {
  const known = new Map<string, { learnt: Partial<ModelCapabilities>; untilMs: number }>();

  function recall(baseId: string): Partial<ModelCapabilities> {
    const entry = known.get(baseId);
    if (entry === undefined) return {};
    if (entry.untilMs > now()) return entry.learnt;
    known.delete(baseId);
    return {};
  }

  return {
    of: recall,
    add(baseId, learnt) {
      const all = { ...recall(baseId), ...learnt };
      known.delete(baseId);
      known.set(baseId, { learnt: all, untilMs: now() + HOUR_MS });
      const [oldest] = known.keys();
      if (known.size > MAX_MODELS && oldest !== undefined) known.delete(oldest);
    },
  };
}
