// The random member `p` with which the service hides the length of what an event says.

const ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** A beginning of the alphabet, of random length. */
export function padding(): string {
  return ALPHABET.slice(0, 1 + Math.floor(Math.random() * ALPHABET.length));
}
