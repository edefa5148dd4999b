// A name for a text that is the same on every process and every day. Not a secret and not for secrets.
import { hash } from 'node:crypto';

/** 64 lower-case hexadecimal digits (SHA-256 of the UTF-8 bytes). */
export function fingerprint(text: string): string {
  return hash('sha256', text);
}
