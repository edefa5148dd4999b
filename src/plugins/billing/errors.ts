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
export const ExchangeUnknown = createError('EXCHANGE_UNKNOWN', 'no such exchange', 404);
export const CorrectionTooLarge = createError(
  'CORRECTION_TOO_LARGE',
  'amount: more than the exchange was charged',
  409,
);
export const BalanceTooSmall = createError(
  'BALANCE_TOO_SMALL',
  'amount: the balance that is not reserved does not cover it',
  409,
);
export const MoneyAmountInvalid = createError('MONEY_AMOUNT_INVALID', '%s: %s', 400);
export const WalletUnknown = createError('WALLET_UNKNOWN', '%s: no such key', 404);
export const BudgetOwnerInvalid = createError(
  'BUDGET_OWNER_INVALID',
  'key_id: exactly one of key_id and group_id must be given',
  400,
);
export const BudgetOwnerUnknown = createError('BUDGET_OWNER_UNKNOWN', '%s: no such key or group', 404);
export const BudgetUnknown = createError('BUDGET_UNKNOWN', 'no such budget', 404);
