// Import of keys on the wire: the report, line by line.
import { Type } from 'typebox';
import { nullable } from '../../../lib/fields.ts';

export const ImportQuery = Type.Object({
  dry_run: Type.Boolean({ default: false, description: 'only check; nothing is stored' }),
});

/** The file, as `text/csv`. */
export const ImportBody = Type.String({ minLength: 1 });

export const ImportStatus = Type.Enum(['created', 'skipped', 'error']);
export type ImportStatus = Type.Static<typeof ImportStatus>;

export const ImportedLine = Type.Object({
  line: Type.Integer({ description: 'in the file, from 1; of a record over several lines the last' }),
  status: ImportStatus,
  id: nullable(Type.Integer()),
  name: Type.String({ description: 'empty if the line could not be read' }),
  api_key: Type.Union([Type.String(), Type.Null()], {
    description: 'the secret, if it was made here; shown once',
  }),
  message: Type.String(),
});
export type ImportedLine = Type.Static<typeof ImportedLine>;

export const ImportReport = Type.Object({
  dry_run: Type.Boolean(),
  created: Type.Integer(),
  skipped: Type.Integer(),
  failed: Type.Integer(),
  lines: Type.Array(ImportedLine),
});
export type ImportReport = Type.Static<typeof ImportReport>;
