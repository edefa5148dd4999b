// Totals for the administrator.
import { Type } from 'typebox';
import { MoneyText } from '../../lib/fields.ts';

export const TotalStatistics = Type.Object({
  count_key: Type.Integer(),
  active_key: Type.Integer({ description: 'keys ever charged' }),
  active_key_this_month: Type.Integer(),
  total_fee: MoneyText,
  total_month_fee: MoneyText,
});
export type TotalStatistics = Type.Static<typeof TotalStatistics>;
