// Budgets on the wire: ceilings on what a key or a group may spend in a day, a billing month, or ever.
import { Type } from 'typebox';
import { MoneyInput, MoneyText, nullable, Time } from '../../../lib/fields.ts';
import { Id, orderBy, pageFields } from '../../../lib/page.ts';

const Window = Type.Enum(['day', 'month', 'total']);
/** Exactly one of the two. */
const owner = { key_id: Type.Optional(Id), group_id: Type.Optional(Id) };

export const BudgetBody = Type.Object(
  { ...owner, window: Window, limit: MoneyInput },
  { additionalProperties: false },
);
export type BudgetBody = Type.Static<typeof BudgetBody>;

export const BudgetReference = Type.Object({ id: Id }, { additionalProperties: false });

export const BudgetListQuery = Type.Object({ ...pageFields, ...owner, orderBy: orderBy(['id']) });
export type BudgetListQuery = Type.Static<typeof BudgetListQuery>;

export const BudgetRow = Type.Object({
  id: Type.Integer(),
  key_id: nullable(Type.Integer()),
  group_id: nullable(Type.Integer()),
  window: Window,
  limit: MoneyText,
  used: Type.String({ ...MoneyText, description: 'in the current window, USD' }),
  held: Type.String({ ...MoneyText, description: 'reserved by requests under way, USD' }),
  starts_on: Type.String({ description: 'first day of the current window; 1970-01-01 for `total`' }),
  updated_at: Time,
});
export type BudgetRow = Type.Static<typeof BudgetRow>;
