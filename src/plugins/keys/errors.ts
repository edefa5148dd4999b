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
export const MomentInvalid = createError('MOMENT_INVALID', '%s: must lie in the years 2000 to 9999', 400);
export const ExpiryPast = createError('EXPIRY_PAST', 'expires_at: must lie in the future', 400);
export const KeyAlreadyIssued = createError(
  'KEY_ALREADY_ISSUED',
  'Idempotency-Key: it has issued key %s already, whose secret was shown then and is not stored; rotate the key if it is lost',
  409,
);
export const SecretTaken = createError('SECRET_TAKEN', 'api_key: another key has this secret', 409);
export const SecretInvalid = createError(
  'SECRET_INVALID',
  'api_key: must be 8 to 512 visible ASCII characters',
  400,
);
export const ImportHeaderInvalid = createError('IMPORT_HEADER_INVALID', '%s: %s', 400);
export const ImportLineInvalid = createError('IMPORT_LINE_INVALID', '%s', 400);
export const ImportEncoding = createError('IMPORT_ENCODING', 'body: the file must be UTF-8', 400);
export const ImportTooLong = createError('IMPORT_TOO_LONG', 'body: at most %s lines in one file', 400);
export const AmountInvalid = createError('AMOUNT_INVALID', '%s: %s', 400);
