import createError from '@fastify/error';

export const IdempotencyConflict = createError(
  'IDEMPOTENCY_CONFLICT',
  'this Idempotency-Key was used for another request',
  409,
);
export const BalanceOutOfRange = createError(
  'BALANCE_OUT_OF_RANGE',
  'balance: the balance would exceed 100000000 USD',
  400,
);
export const BillingUnavailable = createError(
  'BILLING_UNAVAILABLE',
  'the database is away; try again shortly',
  503,
);
