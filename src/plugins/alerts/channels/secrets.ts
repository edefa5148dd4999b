// What a channel keeps to itself: how its address is shown, and which secrets are fit to sign with. Pure but for `newSecret`.
import { randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';
/** Bytes, after the Standard Webhooks specification. */
const NEW_SECRET_BYTES = 32;
const MIN_SECRET_BYTES = 24;
const MAX_SECRET_BYTES = 64;
/** Characters of a path that are shown; shorter paths show none. */
const SHOWN = 5;
const SHOWN_OF_AT_LEAST = 16;

export function newSecret(): string {
  return PREFIX + randomBytes(NEW_SECRET_BYTES).toString('base64');
}

/** @returns the bytes of a `whsec_` secret; undefined if it is not one */
export function readSecret(secret: string): Buffer | undefined {
  const match = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret);
  const bytes = Buffer.from(match?.[1] ?? '', 'base64');
  return bytes.length >= MIN_SECRET_BYTES && bytes.length <= MAX_SECRET_BYTES ? bytes : undefined;
}

/** Host and the start of the path: enough to recognise it, not enough to post to it. */
export function cutAddress(url: string | null): string {
  if (url === null || !URL.canParse(url)) return '';
  const { host, pathname, search } = new URL(url);
  if (pathname === '/' && search === '') return host;
  return `${host}${pathname.length < SHOWN_OF_AT_LEAST ? '/' : pathname.slice(0, SHOWN)}…`;
}

/** What is wrong with an address that alerts shall go to, if anything. */
export function addressFault(url: string): string | undefined {
  if (!URL.canParse(url)) return 'is not a URL';
  const { protocol, username, password } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') return 'must begin with https:// or http://';
  return username === '' && password === '' ? undefined : 'must not carry a user or password';
}
