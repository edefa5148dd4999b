// Field schemas shared by the rooms' bodies and rows.
import { Type } from 'typebox';

/** Accepted as a JSON number or a decimal string; read by `parseMoney`. */
export const MoneyInput = Type.Union([Type.Number(), Type.String({ maxLength: 64 })], {
  description: 'USD, at most ten decimal places',
});

/** USD with ten places, e.g. `"20.0000000000"`. */
export const MoneyText = Type.String({ pattern: '^-?\\d+\\.\\d{10}$' });

/** ISO 8601, UTC, `Z`. */
export const Time = Type.String({ format: 'date-time' });

/** The same in a query: only what both JavaScript and PostgreSQL can hold, so no leap second and no year 0. */
export const TimeInput = Type.String({
  format: 'date-time',
  pattern: '^[12]\\d{3}-\\d\\d-\\d\\d[Tt ]\\d\\d:\\d\\d:[0-5]\\d',
});

export const Uuid = Type.String({ pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' });

/** A number of something, at least one; null: no limit. */
export const Limit = Type.Union([Type.Integer({ minimum: 1, maximum: 2_147_483_647 }), Type.Null()], {
  description: 'null: no limit',
});

/** Names of models, each whole or, with a `*` at its end, the beginning of names; null: any model. */
export const ModelNames = Type.Union(
  [
    Type.Array(Type.String({ minLength: 1, maxLength: 2048, pattern: '^[^*]*[*]?$' }), {
      minItems: 1,
      maxItems: 200,
    }),
    Type.Null(),
  ],
  { description: 'names of models; a `*` at the end stands for the rest; null: any' },
);

export function nullable<T extends Parameters<typeof Type.Union>[0][number]>(schema: T) {
  return Type.Union([schema, Type.Null()]);
}
