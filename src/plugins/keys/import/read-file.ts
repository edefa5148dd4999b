// A CSV file of keys, cut into lines. What a line means is for `read-line.ts`. Pure; never repeats what stands in the
// file, which may be a secret in the wrong place.
import { parse } from 'csv-parse/sync';
import { ImportHeaderInvalid, ImportTooLong } from '../errors.ts';

export const COLUMNS = [
  'name',
  'email',
  'group_id',
  'role',
  'month_quota',
  'balance',
  'expires_at',
  'api_key',
] as const;
export type Column = (typeof COLUMNS)[number];

/** Each is a transaction; a file within the size limit could ask for a quarter of a million. */
export const MAX_LINES = 5_000;

/** What stands in a line; an empty field is absent. */
export type Fields = Partial<Record<Column, string>>;

export interface ImportLine {
  /** In the file, from 1; of a record over several lines the last. */
  line: number;
  /** Or what is wrong with it. */
  content: Fields | string;
}

interface CsvRecord {
  record: string[];
  info: { lines: number };
}

/** @throws ImportHeaderInvalid, ImportTooLong */
export function readImportFile(text: string): ImportLine[] {
  // By line: the library complains of each wrong quote.
  const broken = new Map<number, ImportLine>();
  // The library's types do not know that `info` changes the shape of a record.
  // One kind of line end: the library counts the other kind twice inside quotes.
  const records = parse(text.replaceAll('\r\n', '\n'), {
    bom: true,
    info: true,
    trim: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    skip_records_with_error: true,
    on_skip: (error) => {
      const line = Number(error?.lines ?? 0);
      broken.set(line, { line, content: problemOf(error?.code) });
      return undefined;
    },
  }) as unknown as CsvRecord[];
  const [head, ...rest] = records;
  const columns = readHeader(head?.record ?? []);
  if (rest.length + broken.size > MAX_LINES) throw new ImportTooLong(String(MAX_LINES));
  const read = rest.map(({ record, info }) => ({ line: info.lines, content: fieldsOf(record, columns) }));
  return [...read, ...broken.values()].sort((a, b) => a.line - b.line);
}

function readHeader(names: readonly string[]): Column[] {
  const columns = names.map((name, index) => {
    const column = COLUMNS.find((known) => known === name.toLowerCase());
    if (column === undefined)
      throw new ImportHeaderInvalid(`column ${index + 1}`, `not one of ${COLUMNS.join(', ')}`);
    return column;
  });
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice !== undefined) throw new ImportHeaderInvalid(twice, 'this column stands twice in the header');
  if (!columns.includes('name'))
    throw new ImportHeaderInvalid('name', 'the first line must name this column');
  return columns;
}

function fieldsOf(record: readonly string[], columns: readonly Column[]): Fields | string {
  if (record.length > columns.length) return 'it has more fields than the header';
  const fields: Fields = {};
  for (const [index, column] of columns.entries()) {
    const value = record[index];
    if (value !== undefined && value !== '') fields[column] = value;
  }
  return fields;
}

function problemOf(code: string | undefined): string {
  if (code === 'CSV_QUOTE_NOT_CLOSED')
    return 'a quote is opened and never closed; nothing behind it could be read';
  if (code === 'INVALID_OPENING_QUOTE' || code === 'CSV_INVALID_CLOSING_QUOTE')
    return 'a quote stands inside a field; put the field in quotes and double it';
  return 'it cannot be read as CSV';
}
