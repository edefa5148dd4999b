// The header `Idempotency-Key`, read the same by every room whose routes move money.
import createError from '@fastify/error';

export const IdempotencyKeyInvalid = createError(
  'IDEMPOTENCY_KEY_INVALID',
  'Idempotency-Key: 1 to 255 visible ASCII characters',
  400,
);

/** @returns null when the caller gave none; throws IdempotencyKeyInvalid */
export function readIdempotencyKey(value: string | string[] | undefined): string | null {
  if (value === undefined) return null;
  if (typeof value !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(value)) throw new IdempotencyKeyInvalid();
  return value;
}
