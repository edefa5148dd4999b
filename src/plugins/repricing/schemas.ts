// Re-pricing on the wire.
import { Type } from 'typebox';
import { MoneyText, nullable, Time } from '../../lib/fields.ts';
import { pageFields } from '../../lib/page.ts';

const range = {
  base_id: Type.String({ minLength: 1, maxLength: 255 }),
  scope: Type.String({ minLength: 1, maxLength: 32 }),
  tier: Type.Optional(Type.String({ minLength: 1, maxLength: 32, description: 'default `standard`' })),
  from: Time,
  to: Type.String({ format: 'date-time', description: 'exclusive' }),
};

export const RepricePreviewBody = Type.Object(
  { ...range, reason: Type.Optional(Type.String({ maxLength: 255 })) },
  { additionalProperties: false },
);
export type RepricePreviewBody = Type.Static<typeof RepricePreviewBody>;

export const RepriceBody = Type.Object(
  {
    ...range,
    reason: Type.String({ minLength: 1, maxLength: 255, pattern: '\\S' }),
    token: Type.String({ minLength: 1, maxLength: 128, description: 'from the preview' }),
  },
  { additionalProperties: false },
);
export type RepriceBody = Type.Static<typeof RepriceBody>;

export const RepricePreview = Type.Object({
  token: Type.String({ description: 'what the apply call must bring' }),
  exchanges: Type.Integer({ description: 'of the model in that time' }),
  changed: Type.Integer({ description: 'whose charge would change' }),
  corrected: Type.Integer({ description: 'among the changed: corrected before' }),
  estimated: Type.Integer({ description: 'charged by an estimate; included' }),
  quarantined: Type.Integer({ description: 'charged at the hold; left alone' }),
  unpriced: Type.Integer({ description: 'started when there was no price; left alone' }),
  total: Type.String({ ...MoneyText, description: 'sum of all changes, USD' }),
  more: Type.String({ ...MoneyText, description: 'charged more' }),
  less: Type.String({ ...MoneyText, description: 'given back, negative' }),
  key_count: Type.Integer(),
  keys: Type.Array(
    Type.Object({
      key_id: Type.Integer(),
      name: Type.String(),
      exchanges: Type.Integer(),
      difference: MoneyText,
    }),
    { description: 'the 100 keys with the largest changes' },
  ),
  examples: Type.Array(
    Type.Object({
      thread_id: Type.Integer(),
      key_id: Type.Integer(),
      model: Type.String(),
      created_at: Time,
      fee: MoneyText,
      new_fee: MoneyText,
      difference: MoneyText,
    }),
  ),
});
export type RepricePreview = Type.Static<typeof RepricePreview>;

export const RepriceListQuery = Type.Object({
  ...pageFields,
  base_id: Type.Optional(Type.String({ maxLength: 255 })),
});
export type RepriceListQuery = Type.Static<typeof RepriceListQuery>;

export const RepriceRun = Type.Object({
  id: Type.Integer(),
  base_id: Type.String(),
  scope: Type.String(),
  tier: Type.String(),
  from: Time,
  to: Time,
  reason: Type.String(),
  actor: Type.String(),
  status: Type.Enum(['running', 'done']),
  changed: Type.Integer({ description: 'exchanges of the plan' }),
  posted: Type.Integer({ description: 'of them, corrected' }),
  skipped: Type.Integer({ description: 'of them, left alone because their charge changed meanwhile' }),
  total: Type.String({ ...MoneyText, description: 'sum of the plan, USD' }),
  created_at: Time,
  finished_at: nullable(Time),
});
export type RepriceRun = Type.Static<typeof RepriceRun>;
