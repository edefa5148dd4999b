import createError from '@fastify/error';

export const KeyNotFound = createError('KEY_NOT_FOUND', 'no such key', 404);
export const KeyReferenceMissing = createError(
  'KEY_REFERENCE_MISSING',
  'id or api_key: one of them is required',
  400,
);
export const KeyReferenceMismatch = createError(
  'KEY_REFERENCE_MISMATCH',
  'api_key: it does not belong to this id',
  400,
);
export const GroupUnknown = createError('GROUP_UNKNOWN', 'group_id: no such group', 400);
export const AmountInvalid = createError('AMOUNT_INVALID', '%s: %s', 400);
export const IdempotencyKeyInvalid = createError(
  'IDEMPOTENCY_KEY_INVALID',
  'Idempotency-Key: 1 to 255 visible ASCII characters',
  400,
);
