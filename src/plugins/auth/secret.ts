// The look of a virtual key, and its digest. Pure.
import { randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { createKeyedHash } from '../../lib/keyed-hash.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const PREFIX = 'br-';
const RANDOM_LENGTH = 34;
const CHECKSUM_LENGTH = 6;
const FORMAT = new RegExp(`^${PREFIX}[0-9A-Za-z]{${RANDOM_LENGTH + CHECKSUM_LENGTH}}$`);

/** `br-` and 40 characters of base62; the last six are a CRC-32 of the rest, so that a typo needs no database. */
export function newSecret(): string {
  const random = Array.from({ length: RANDOM_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return PREFIX + random + checksum(PREFIX + random);
}

/** True for a secret of our format whose checksum is wrong. Other formats (imported keys) have none. */
export function isMistyped(secret: string): boolean {
  return (
    FORMAT.test(secret) && checksum(secret.slice(0, -CHECKSUM_LENGTH)) !== secret.slice(-CHECKSUM_LENGTH)
  );
}

function checksum(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let place = 0; place < CHECKSUM_LENGTH; place += 1) {
    digits = ALPHABET[rest % ALPHABET.length] + digits;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return digits;
}

/** Makes what is stored and looked up instead of a secret: HMAC-SHA-256 under the pepper, base64url. */
export function createSecretDigest(pepper: string): (secret: string) => string {
  const keyed = createKeyedHash(Buffer.from(pepper));
  return (secret) => keyed(secret, 'base64url');
}

const SHOWN_FIRST = 8;
const SHOWN_LAST = 4;

/** How people recognise a key: its first eight and last four characters; of a short (imported) one fewer. */
export function describeSecret(secret: string): { prefix: string; last4: string } {
  const first = Math.min(SHOWN_FIRST, Math.floor(secret.length / 4));
  const last = Math.min(SHOWN_LAST, Math.floor(secret.length / 8));
  return { prefix: secret.slice(0, first), last4: secret.slice(secret.length - last) };
}
