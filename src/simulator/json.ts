// JSON as it came from outside: the narrow looks the simulator takes at it.

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The list, or an empty one when it is something else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The text, or an empty one when it is something else. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
