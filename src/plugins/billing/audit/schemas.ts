// The proof of the books on the wire.
import { Type } from 'typebox';
import { MoneyText, Time } from '../../../lib/fields.ts';

export const LedgerAuditAnswer = Type.Object({
  ok: Type.Boolean({ description: 'every invariant holds' }),
  checked_at: Time,
  invariants: Type.Array(
    Type.Object({
      name: Type.String(),
      checked: Type.Integer({ description: 'rows compared' }),
      wrong: Type.Integer({ description: 'rows where the two sides differ' }),
      kept: Type.String({ ...MoneyText, description: 'the sums that are kept, USD' }),
      summed: Type.String({ ...MoneyText, description: 'the rows they stand for, summed now, USD' }),
      examples: Type.Array(Type.String(), { description: 'the first that differ' }),
    }),
  ),
});
export type LedgerAuditAnswer = Type.Static<typeof LedgerAuditAnswer>;
