// The HTTP status in an error, wherever a client keeps it.

export function statusOf(error: unknown): number | undefined {
  for (let each = error, depth = 0; depth < 5 && typeof each === 'object' && each !== null; depth += 1) {
    for (const name of ['status', 'statusCode'] as const) {
      const value: unknown = Reflect.get(each, name);
      if (typeof value === 'number') return value;
    }
    each = Reflect.get(each, 'lastError') ?? Reflect.get(each, 'cause');
  }
  return undefined;
}
