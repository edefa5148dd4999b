// Reading parsed JSON of an upstream that may send anything: minimal, loose, never throwing.

/** The value as an object with string keys; null for arrays, primitives and null. */
export function asRecord(value: unknown): Record<string, unknown> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  // A plain object of parsed JSON has string keys and values we know nothing of.
  return value as Record<string, unknown>;
}

/** The elements of an array; none for anything else. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value as a string; null for anything else. */
export function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** A whole number of tokens or milliseconds, 0 included; null for everything absurd. */
export function asCount(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
