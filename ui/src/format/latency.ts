// Durations for the screen.
import { NOTHING } from './money.ts';

/** Milliseconds for a person: `840 ms`, `1.24 s`, `2 min 05 s`; unknown or absurd -> a dash. */
export function formatLatency(ms: unknown): string {
  if (typeof ms !== 'number' || !Number.isFinite(ms) || ms < 0) return NOTHING;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_995) return `${(ms / 1000).toFixed(ms < 9_995 ? 2 : 1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}
