// Receipts on the wire.
import { Type } from 'typebox';
import { MoneyText, nullable, Time } from '../../../lib/fields.ts';

/** USD, exact, with ten to sixteen places. */
const ExactText = (description: string) =>
  Type.String({ pattern: '^-?\\d+\\.\\d{10,16}$', description: `${description}; USD, not rounded` });
const Milliseconds = nullable(Type.Integer({ description: 'ms' }));

export const ReceiptLine = Type.Object({
  kind: Type.Enum(['input', 'cache_read', 'cache_write_5m', 'cache_write_1h', 'output']),
  tokens: Type.Integer(),
  price_per_million: Type.String({ ...MoneyText, description: 'USD per million tokens, as charged' }),
  amount: ExactText('tokens x price'),
});
export type ReceiptLine = Type.Static<typeof ReceiptLine>;

export const ReceiptCorrection = Type.Object({
  ledger_id: Type.Integer(),
  kind: Type.Enum(['refund', 'adjustment']),
  amount: Type.String({ ...MoneyText, description: 'change of the fee; negative gives back' }),
  quota_part: MoneyText,
  balance_part: MoneyText,
  reason: Type.String(),
  actor: Type.String(),
  request_id: Type.String(),
  created_at: Time,
});
export type ReceiptCorrection = Type.Static<typeof ReceiptCorrection>;

export const ReceiptAttempt = Type.Object({
  target: Type.String({ description: 'model id, inference profile or ARN' }),
  region: Type.String(),
  outcome: Type.String({ description: '`served`, `cut` (by us), or the kind of the upstream error' }),
  upstream_request_id: nullable(Type.String({ description: "AWS's x-amzn-requestid" })),
  latency_ms: Milliseconds,
});
export type ReceiptAttempt = Type.Static<typeof ReceiptAttempt>;

export const Receipt = Type.Object({
  id: Type.Integer({ description: 'of the thread' }),
  key_id: Type.Integer(),
  group_id: nullable(Type.Integer()),
  exchange_id: Type.String(),
  request_id: Type.String(),
  status: Type.String({ description: 'how it ended, as on the thread' }),
  usage_source: Type.String({ description: 'where the counts come from, as on the thread' }),
  is_quarantined: Type.Boolean({
    description: 'the upstream reported nonsense; charged at the hold',
  }),
  model: Type.String({ description: 'as the client asked for it' }),
  target: Type.String({ description: 'what was called upstream' }),
  region: Type.String(),
  price: Type.Object({
    base_id: Type.String({ description: 'the model whose prices were charged' }),
    scope: Type.String({ description: 'of the price book, e.g. `in-region`, `global`, `us`' }),
    service_tier: Type.String(),
  }),
  currency: Type.Literal('USD'),
  lines: Type.Array(ReceiptLine),
  images: nullable(
    Type.Object(
      {
        count: Type.Integer(),
        price_per_image: Type.String({ ...MoneyText, description: 'USD per picture, as charged' }),
        amount: ExactText('count x price'),
      },
      { description: 'pictures made; null: none' },
    ),
  ),
  charged_at_hold: nullable(Type.String({ ...MoneyText, description: 'charged instead of the lines' })),
  lines_total: ExactText('the sum of the lines, or of what was charged at the hold'),
  rounding: ExactText('fee less lines_total: the one rounding, half up'),
  fee: Type.String({ ...MoneyText, description: 'as charged' }),
  quota_part: Type.String({ ...MoneyText, description: 'of the fee' }),
  balance_part: Type.String({ ...MoneyText, description: 'of the fee' }),
  corrections: Type.Array(ReceiptCorrection),
  correction: Type.String({ ...MoneyText, description: 'their sum' }),
  net_fee: Type.String({ ...MoneyText, description: 'fee and corrections' }),
  net_quota_part: MoneyText,
  net_balance_part: MoneyText,
  hold: Type.Object({
    amount: Type.String({ ...MoneyText, description: 'reserved before the call' }),
    released: Type.String({ ...MoneyText, description: 'of it, not charged' }),
    excess: Type.String({ ...MoneyText, description: 'charged above it' }),
  }),
  cache_saving: ExactText('what the cache saved against fresh input at the same prices; negative: cost'),
  attempts: Type.Array(ReceiptAttempt),
  is_streamed: Type.Boolean(),
  first_byte_ms: Milliseconds,
  latency_ms: Milliseconds,
  started_at: Time,
  ended_at: Time,
});
export type Receipt = Type.Static<typeof Receipt>;
