// A vector for a text: of length one, the same for the same text, and different for nearly all others.
import { createHash } from 'node:crypto';

/** Decimal places: about what a 32-bit float carries. */
const PLACES = 8;

export function makeVector(text: string, length: number): number[] {
  let state = createHash('sha256').update(text).digest().readUInt32LE(0) || 1;
  const next = () => {
    // Marsaglia's xorshift, 32 bits.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state / 2 ** 31;
  };
  const raw = Array.from({ length }, next);
  const norm = Math.sqrt(raw.reduce((sum, value) => sum + value * value, 0));
  return raw.map((value) => Number((value / norm).toFixed(PLACES)));
}
