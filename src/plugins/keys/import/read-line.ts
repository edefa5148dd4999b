// A line of an import as the body of an ordinary request for a key, so that both live by the same rules. Pure.
import { SecretInvalid } from '../errors.ts';
import type { Fields } from './read-file.ts';

/** Any secret that a header can carry; shorter ones could be guessed. */
const SECRET = /^[\x21-\x7e]{8,512}$/;

export interface ReadLine {
  /** To be checked like a request's. */
  body: Record<string, string | number>;
  /** Of a key that is at work elsewhere already; undefined: one must be made. */
  secret: string | undefined;
}

/** @throws SecretInvalid */
export function readLine({ api_key: secret, group_id, ...rest }: Fields): ReadLine {
  if (secret !== undefined && !SECRET.test(secret)) throw new SecretInvalid();
  return { body: { ...rest, ...(group_id !== undefined && { group_id: readInteger(group_id) }) }, secret };
}

/** Left as it is when it is no integer, for the schema to refuse. */
function readInteger(text: string): number | string {
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
}
