import createError from '@fastify/error';

/** The first word is the path of the bad value, e.g. `lists.3.bands.0.input`. */
export const PriceInvalid = createError<[string, string]>('PRICE_INVALID', '%s: %s', 400);
export const PriceNotFound = createError('PRICE_NOT_FOUND', 'no such price list', 404);
export const PriceInForce = createError(
  'PRICE_IN_FORCE',
  'valid_from: only a price list that is not in force yet can be deleted; set a new one instead',
  409,
);
