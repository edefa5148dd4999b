// A Parquet file, some rows and the needed columns at a time.
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { type BillCells, HeaderError, readHeader } from './columns.ts';

const ROWS_AT_ONCE = 10_000;

/** @throws HeaderError for a file that is damaged or no such report */
export async function* readParquet(path: string): AsyncGenerator<BillCells> {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file).catch((error: unknown) => {
    throw new HeaderError('the Parquet file is damaged or cut off', { cause: error });
  });
  const names = parquetSchema(metadata).children.map(({ element }) => element.name);
  const header = readHeader(names);
  const columns = [...header.values()].flatMap((index) => names[index] ?? []);
  const rowCount = Number(metadata.num_rows);
  for (let rowStart = 0; rowStart < rowCount; rowStart += ROWS_AT_ONCE) {
    const rowEnd = Math.min(rowCount, rowStart + ROWS_AT_ONCE);
    const rows = await parquetReadObjects({ file, metadata, columns, rowStart, rowEnd, compressors }).catch(
      (error: unknown) => {
        throw new HeaderError('the Parquet file is damaged', { cause: error });
      },
    );
    for (const row of rows) {
      const cells: BillCells = {};
      for (const [name, index] of header) cells[name] = textOf(row[names[index] ?? '']);
      yield cells;
    }
  }
}

/** As the CSV form of the same report writes it. A double has its shortest decimal form, which is what AWS printed. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
