// A size in pixels -> the shape that Stability's models are asked for: they choose the pixels themselves.

const RATIOS: readonly (readonly [name: string, width: number, height: number])[] = [
  ['1:1', 1, 1],
  ['16:9', 16, 9],
  ['21:9', 21, 9],
  ['3:2', 3, 2],
  ['5:4', 5, 4],
  ['4:5', 4, 5],
  ['2:3', 2, 3],
  ['9:16', 9, 16],
  ['9:21', 9, 21],
];

/** OpenAI's 1792x1024 is meant to be 16:9 and is 7:4. */
const TOLERANCE = 0.02;

/** Undefined: none is within two percent. */
export function aspectRatioOf({ width, height }: { width: number; height: number }): string | undefined {
  const wanted = width / height;
  const near = RATIOS.map(([name, w, h]) => ({ name, off: Math.abs(w / h / wanted - 1) }));
  const [best] = near.sort((a, b) => a.off - b.off);
  return best !== undefined && best.off <= TOLERANCE ? best.name : undefined;
}
