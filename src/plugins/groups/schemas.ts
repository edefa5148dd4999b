// Groups on the wire.
import { Type } from 'typebox';
import { pageFields, searchFields } from '../../lib/page.ts';

export const GroupListQuery = Type.Object({ ...pageFields, ...searchFields });
export type GroupListQuery = Type.Static<typeof GroupListQuery>;

export const GroupRow = Type.Object({ id: Type.Integer(), name: Type.String() });
export type GroupRow = Type.Static<typeof GroupRow>;
