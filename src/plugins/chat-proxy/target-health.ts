// What this process knows of its targets: which asked for a pause, and which keep failing. It only says whom to ask
// first; the last one left is always asked. In memory, and forgotten with the process.
import { LRUCache } from 'lru-cache';
import { nameOfSource, type UpstreamTarget, withoutAccount } from '../../canonical/admission.ts';
import type { UpstreamError, UpstreamErrorKind } from '../../canonical/upstream-error.ts';

export interface BreakerChange {
  isOpen: boolean;
  /** Without an account's id. */
  target: string;
  region: string;
  /** How it failed last; null: it answered. */
  kind: UpstreamErrorKind | null;
}

export interface TargetHealthOptions {
  /** How long a target that keeps failing is left alone, until one request tries it again, ms. */
  openMs: number;
  /** Milliseconds of a monotonic clock. */
  now(): number;
  onBreaker?(change: BreakerChange): void;
}

/** Failures in a row after which a target keeps failing. */
export const FAILURES_TO_OPEN = 5;
/** The longest pause an upstream may ask for. */
export const MAX_PAUSE_MS = 60_000;
/** Pauses of those that do not say how long. */
const PAUSE_MS: Readonly<Partial<Record<UpstreamErrorKind, number>>> = {
  throttled: 5_000,
  not_ready: 5_000,
  unavailable: 2_000,
  connect_failed: 2_000,
  quota: MAX_PAUSE_MS,
};

/** These say nothing of the target: the request was wrong, or the target is well and asks for a pause. */
const NO_FAULT: ReadonlySet<UpstreamErrorKind> = new Set([
  'rejected',
  'context_length',
  'conflict',
  'not_found',
  'throttled',
  'quota',
]);

/** More than any catalogue has; what is forgotten counts as well. */
const MAX_TARGETS = 10_000;

interface State {
  failures: number;
  pausedUntil: number;
  /** 0: closed. Until then others go first; after that one request tries it, which moves the moment on. */
  openUntil: number;
}

export function createTargetHealth({ openMs, now, onBreaker }: TargetHealthOptions) {
  const states = new LRUCache<string, State>({ max: MAX_TARGETS });

  /** 0: well; 1: asked for a pause; 2: keeps failing. */
  function badness(target: UpstreamTarget): 0 | 1 | 2 {
    const state = states.get(keyOf(target));
    if (state === undefined) return 0;
    if (state.openUntil > now()) return 2;
    return state.pausedUntil > now() ? 1 : 0;
  }

  return {
    /** The first of the best ones; of several that ask for a pause, the one whose pause ends first. */
    best(targets: readonly [UpstreamTarget, ...UpstreamTarget[]]): UpstreamTarget {
      if (states.size === 0 || targets.length === 1) return targets[0];
      return targets.reduce((best, each) => {
        const difference = badness(each) - badness(best);
        if (difference !== 0) return difference < 0 ? each : best;
        return badness(each) === 1 && pauseOf(each) < pauseOf(best) ? each : best;
      });
    },

    /** A request goes there: of an open breaker it is the probe, and others wait for what comes of it. */
    tried(target: UpstreamTarget): void {
      if (states.size === 0) return;
      const state = states.get(keyOf(target));
      if (state !== undefined && state.openUntil !== 0) state.openUntil = now() + openMs;
    },

    answered(target: UpstreamTarget): void {
      if (states.size > 0) close(target);
    },

    failed(target: UpstreamTarget, { kind, retryAfterMs }: UpstreamError): void {
      const pause = PAUSE_MS[kind];
      if (NO_FAULT.has(kind)) {
        close(target);
        if (pause === undefined) return;
      }
      const state = stateOf(target);
      if (pause !== undefined) state.pausedUntil = now() + Math.min(retryAfterMs ?? pause, MAX_PAUSE_MS);
      if (NO_FAULT.has(kind)) return;
      state.failures += 1;
      if (state.failures < FAILURES_TO_OPEN) return;
      if (state.openUntil === 0) announce(target, kind);
      state.openUntil = now() + openMs;
    },

    /** How many are avoided now, by why. */
    avoided(): { paused: number; failing: number } {
      const all = [...states.values()];
      const failing = all.filter(({ openUntil }) => openUntil !== 0);
      const paused = all.filter((state) => !failing.includes(state) && state.pausedUntil > now());
      return { paused: paused.length, failing: failing.length };
    },
  };

  function pauseOf(target: UpstreamTarget): number {
    return states.get(keyOf(target))?.pausedUntil ?? 0;
  }

  function stateOf(target: UpstreamTarget): State {
    const key = keyOf(target);
    const state = states.get(key) ?? { failures: 0, pausedUntil: 0, openUntil: 0 };
    states.set(key, state);
    return state;
  }

  /** Whatever it said, it answered. */
  function close(target: UpstreamTarget): void {
    const key = keyOf(target);
    const state = states.get(key);
    if (state === undefined) return;
    const wasOpen = state.openUntil !== 0;
    // An answer that was under way before does not end the pause.
    if (state.pausedUntil > now()) Object.assign(state, { failures: 0, openUntil: 0 });
    else states.delete(key);
    if (wasOpen) announce(target, null);
  }

  function announce({ modelId, region }: UpstreamTarget, kind: UpstreamErrorKind | null): void {
    onBreaker?.({ isOpen: kind !== null, target: withoutAccount(modelId), region, kind });
  }
}

export type TargetHealth = ReturnType<typeof createTargetHealth>;

/** The same target under another word has another quota. */
function keyOf({ modelId, region, credentials }: UpstreamTarget): string {
  return `${region} ${modelId} ${nameOfSource(credentials)}`;
}
