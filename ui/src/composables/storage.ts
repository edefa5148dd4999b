// The reader's preferences. A browser may forbid storage: then they last as long as the page. Never a secret.

export function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Not kept; nothing depends on it.
  }
}
