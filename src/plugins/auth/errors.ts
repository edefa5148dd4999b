import createError from '@fastify/error';

export const KeyMissing = createError(
  'KEY_MISSING',
  'no API key given; send it as "Authorization: Bearer <key>"',
  401,
);
export const KeyInvalid = createError('KEY_INVALID', 'the API key is not valid', 401);
export const KeyExpired = createError('KEY_EXPIRED', 'the API key has expired', 401);
export const AddressNotAllowed = createError(
  'ADDRESS_NOT_ALLOWED',
  'this API key may not be used from this address',
  403,
);
export const NotSignedIn = createError('NOT_SIGNED_IN', 'not signed in, or the sign-in has expired', 401);
export const AdminOnly = createError('ADMIN_ONLY', 'this needs a key with the role admin', 403);
export const BootstrapMayOnlyAdminister = createError(
  'BOOTSTRAP_MAY_ONLY_ADMINISTER',
  'the bootstrap key may only administer: create an admin key first',
  403,
);
export const ForeignOrigin = createError(
  'FOREIGN_ORIGIN',
  'a signed-in browser may only write from the console itself',
  403,
);
export const PepperMismatch = createError(
  'PEPPER_MISMATCH',
  'KEY_PEPPER differs from the one this database was set up with: no key would work. Set the same KEY_PEPPER (or DATA_DIR) everywhere',
  500,
);
