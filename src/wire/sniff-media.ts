// What bytes are, by how they begin. Clients' words for their own files are often wrong; these are not.
import type { ImageFormat } from '../canonical/content.ts';

/** So many characters of base64 hold every mark that is looked for. */
const HEAD_CHARS = 24;

/** By the formats' own marks; null: none that models take. */
export function sniffImage(base64: string): ImageFormat | null {
  const head = headOf(base64);
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (head.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (head.startsWith('GIF87a') || head.startsWith('GIF89a')) return 'gif';
  if (head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP') return 'webp';
  return null;
}

export function isPdf(base64: string): boolean {
  return headOf(base64).startsWith('%PDF-');
}

/** A byte is a character. */
function headOf(base64: string): string {
  return Buffer.from(base64.slice(0, HEAD_CHARS), 'base64').toString('latin1');
}
