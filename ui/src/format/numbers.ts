// Plain numbers that a person types.

const MAX = 2_147_483_647;

/** A whole number of at least 1; null for nothing; undefined if it is none. */
export function readWhole(text: string): number | null | undefined {
  const plain = text.trim();
  if (plain === '') return null;
  const value = Number(plain);
  return /^\d+$/.test(plain) && value >= 1 && value <= MAX ? value : undefined;
}

/** A decimal number from 0 to `most`; null for nothing; undefined if it is none. */
export function readFraction(text: string, most: number): number | null | undefined {
  const plain = text.trim();
  if (plain === '') return null;
  const value = Number(plain);
  return /^\d*\.?\d+$/.test(plain) && value <= most ? value : undefined;
}

export function showNumber(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}
