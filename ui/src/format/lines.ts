// Lists that a person types, one entry a line; commas separate as well.

export function readLines(text: string): string[] {
  return text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

export function showLines(lines: readonly string[] | null): string {
  return (lines ?? []).join('\n');
}

/** An empty list means no list: everything is allowed. */
export function readLinesOrNull(text: string): string[] | null {
  const lines = readLines(text);
  return lines.length === 0 ? null : lines;
}
