// A Cost and Usage Report, CSV or Parquet -> sums per day, in batches.
import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { type BillCells, type BillHeader, cellsOf, HeaderError, readHeader } from './bill/columns.ts';
import { decodeLine, LineError } from './bill/decode-line.ts';
import { type BillCounts, type BillSum, createBillGatherer } from './bill/gather.ts';
import { readParquet } from './bill/read-parquet.ts';
import { ImportUnreadable } from './errors.ts';
import { contentOf, type Upload } from './upload.ts';

/** A row with its long texts. */
const MAX_ROW_BYTES = 1024 * 1024;

/** @throws ImportUnreadable for a file that is cut off, is another report, or has a row that cannot be read */
export async function readBill(
  upload: Pick<Upload, 'path' | 'format'>,
  store: (sums: BillSum[]) => Promise<void>,
): Promise<BillCounts> {
  const gatherer = createBillGatherer();
  let row = 0;
  try {
    const rows = upload.format === 'parquet' ? readParquet(upload.path) : readCsv(contentOf(upload));
    for await (const cells of rows) {
      row += 1;
      const full = gatherer.add(decodeLine(cells));
      if (full.length > 0) await store(full);
    }
  } catch (error) {
    if (error instanceof HeaderError) throw new ImportUnreadable(error.message);
    if (error instanceof LineError) throw new ImportUnreadable(`row ${row}: ${error.message}`);
    if (error instanceof CsvError) throw new ImportUnreadable(`behind row ${row}: ${csvProblem(error)}`);
    throw error;
  }
  const { sums, counts } = gatherer.end();
  if (counts.kept === 0) throw new ImportUnreadable('no row of the report is about Amazon Bedrock');
  if (counts.currencies.length > 1)
    throw new ImportUnreadable(`amounts in several currencies: ${counts.currencies.join(', ')}`);
  await store(sums);
  return counts;
}

async function* readCsv(content: AsyncGenerator<Buffer>): AsyncGenerator<BillCells> {
  const parser = parse({ bom: true, skip_empty_lines: true, max_record_size: MAX_ROW_BYTES });
  // Its errors come out of the parser too.
  pipeline(Readable.from(content), parser, () => undefined);
  let header: BillHeader | undefined;
  // Without the option `columns` the parser's rows are lists of texts.
  for await (const row of parser as AsyncIterable<string[]>) {
    if (header === undefined) header = readHeader(row);
    else yield cellsOf(header, row);
  }
  if (header === undefined) throw new HeaderError('the file is empty');
}

/** The library's own text repeats the row. */
function csvProblem({ code }: CsvError): string {
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'a quoted cell does not end; the file may be cut off';
  return code.includes('INCONSISTENT')
    ? 'a row has another number of cells; the file may be cut off'
    : 'no CSV';
}
