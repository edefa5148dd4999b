// A file of the invocation log -> records, in batches.
import { ImportUnreadable } from './errors.ts';
import { decodeRecord, type LogRecord } from './logs/decode-record.ts';
import { createJsonSplitter, SplitError } from './logs/split-json.ts';

export interface LogCounts {
  rows: number;
  foreign: number;
  malformed: number;
  from: Date | null;
  to: Date | null;
}

/** @throws ImportUnreadable for a file that is cut off, is no JSON, or holds no invocation */
export async function readLog(
  content: AsyncIterable<Buffer>,
  store: (records: LogRecord[]) => Promise<void>,
  batchSize = 1_000,
): Promise<LogCounts> {
  const splitter = createJsonSplitter();
  const counts: LogCounts = { rows: 0, foreign: 0, malformed: 0, from: null, to: null };
  let batch: LogRecord[] = [];

  async function take(text: string): Promise<void> {
    counts.rows += 1;
    const record = decodeRecord(text);
    if (record === 'foreign' || record === 'malformed') {
      counts[record] += 1;
      return;
    }
    counts.from = counts.from === null || record.at < counts.from ? record.at : counts.from;
    counts.to = counts.to === null || record.at > counts.to ? record.at : counts.to;
    batch.push(record);
    if (batch.length < batchSize) return;
    await store(batch);
    batch = [];
  }

  try {
    for await (const chunk of content) for (const text of splitter.push(chunk)) await take(text);
    splitter.end();
  } catch (error) {
    if (error instanceof SplitError) throw new ImportUnreadable(error.message);
    if (error instanceof SyntaxError) throw new ImportUnreadable(`record ${counts.rows} is not JSON`);
    throw error;
  }
  if (counts.from === null) throw new ImportUnreadable('the file holds no record of a model invocation');
  await store(batch);
  return counts;
}
