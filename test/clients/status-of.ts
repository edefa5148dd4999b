// What an error says, wherever a client keeps it.

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : JSON.stringify(error);
}

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
