import createError from '@fastify/error';

export const RepriceRangeInvalid = createError<[string]>('REPRICE_RANGE_INVALID', '%s', 400);
export const RepriceTooMany = createError(
  'REPRICE_TOO_MANY',
  'to: too many exchanges for one run; take a shorter time',
  400,
);
export const RepriceChanged = createError(
  'REPRICE_CHANGED',
  'token: what would be corrected is no longer what was previewed; look at a new preview',
  409,
);
export const RepriceRunning = createError(
  'REPRICE_RUNNING',
  'another run over some of these exchanges is under way; wait for its end and look at a new preview',
  409,
);
