// The shapes of every `/admin/*` and `/user/*` answer (the seed's envelope).
import { type TSchema, Type } from 'typebox';

/** `{"success":true,"data":...}` */
export function success<T extends TSchema>(data: T) {
  return Type.Object({ success: Type.Literal(true), data });
}

/** `{"success":false,"data":"<message for a person>","error":{...}}` */
export const Failure = Type.Object({
  success: Type.Literal(false),
  data: Type.String(),
  error: Type.Object({ code: Type.String(), param: Type.Union([Type.String(), Type.Null()]) }),
});
export type Failure = Type.Static<typeof Failure>;

/** `{"success":true,"data":{"items":[...],"total":"0","limit":20,"offset":0}}` */
export function successList<T extends TSchema>(item: T) {
  return success(
    Type.Object({
      items: Type.Array(item),
      total: Type.String({ description: 'count of all matching rows' }),
      limit: Type.Integer(),
      offset: Type.Integer(),
    }),
  );
}

export function succeed<T>(data: T): { success: true; data: T } {
  return { success: true, data };
}
