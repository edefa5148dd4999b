// Settlements that PostgreSQL has not taken yet, on the local disk: lines that are flushed before anybody relies on
// them, read again by whoever starts here next. Knows nothing of money: a record is JSON.
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { crc32 } from 'node:zlib';
import { createBatcher } from '../../../lib/batch.ts';

/** A segment that is longer is closed, so that it can go when its last record has. */
const SEGMENT_BYTES = 8 * 1024 * 1024;
const BATCH_ITEMS = 1_000;
const NAME = /^([0-9a-f-]{36})\.(\d+)\.spool$/;

/** Where a record lies; give it back with `forget` when it is no longer needed. */
export interface SpoolTicket {
  readonly segment: number;
}

/** A file that a process, perhaps a dead one, has left. */
export interface LeftSegment {
  path: string;
  owner: string;
}

export interface Spool {
  /** Resolves when the record is on the disk (fdatasync); rejects when the disk does not take it. */
  append(record: unknown): Promise<SpoolTicket>;
  /** The record has been settled; a segment without any left is removed. */
  forget(ticket: SpoolTicket): Promise<void>;
  /** Records that are on the disk and not settled. */
  readonly size: number;
  /** Segments of other owners. */
  findLeft(): Promise<LeftSegment[]>;
  close(): Promise<void>;
}

interface Segment {
  path: string;
  file: FileHandle;
  bytes: number;
  open: number;
}

export function createSpool({ folder, owner }: { folder: string; owner: string }): Spool {
  const segments = new Map<number, Segment>();
  let current: number | undefined;
  let next = 0;

  /** A segment for so many records; counted in at once, or whoever forgets another one might remove it meanwhile. */
  async function writable(records: number): Promise<Segment & { number: number }> {
    const segment = current === undefined ? undefined : segments.get(current);
    if (current !== undefined && segment !== undefined && segment.bytes < SEGMENT_BYTES) {
      segment.open += records;
      return Object.assign(segment, { number: current });
    }
    await mkdir(folder, { recursive: true });
    const number = next;
    next += 1;
    const path = join(folder, `${owner}.${number}.spool`);
    const file = await open(path, 'wx', 0o600);
    await syncFolder(folder);
    const made = { path, file, bytes: 0, open: records };
    segments.set(number, made);
    current = number;
    return Object.assign(made, { number });
  }

  const appends = createBatcher<string, SpoolTicket>({
    maxItems: BATCH_ITEMS,
    async run(lines) {
      const segment = await writable(lines.length);
      const text = Buffer.from(lines.join(''));
      try {
        await writeWhole(segment.file, text, segment.bytes);
        await segment.file.datasync();
      } catch (error) {
        segment.open -= lines.length;
        // Half a line may stand there: the next record must not be glued to it.
        await segment.file.truncate(segment.bytes).catch(() => undefined);
        await remove(segment.number).catch(() => undefined);
        throw error;
      }
      segment.bytes += text.length;
      return lines.map(() => ({ segment: segment.number }));
    },
  });

  async function remove(number: number): Promise<void> {
    const segment = segments.get(number);
    if (segment === undefined || segment.open > 0) return;
    segments.delete(number);
    if (current === number) current = undefined;
    await segment.file.close();
    await unlink(segment.path);
  }

  return {
    append: (record) => appends.add(toLine(record)),
    async forget(ticket) {
      const segment = segments.get(ticket.segment);
      if (segment === undefined) return;
      segment.open -= 1;
      await remove(ticket.segment);
    },
    get size() {
      let size = 0;
      for (const segment of segments.values()) size += segment.open;
      return size;
    },
    async findLeft() {
      const names = await readdir(folder).catch(() => []);
      return names.flatMap((name) => {
        const [, of] = NAME.exec(name) ?? [];
        return of === undefined || of === owner ? [] : [{ path: join(folder, name), owner: of }];
      });
    },
    async close() {
      await appends.idle();
      for (const number of [...segments.keys()]) await remove(number);
      // What is left has records: the files stay for the next start.
      for (const segment of segments.values()) await segment.file.close();
      segments.clear();
    },
  };
}

/** The whole records of a segment, in order; a line cut by a crash was never relied on and is passed over. */
export async function* readSegment(path: string): AsyncGenerator<unknown> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) {
    const [, sum = '', json = ''] = /^([0-9a-f]{8}) (.*)$/.exec(line) ?? [];
    if (sum !== '' && sumOf(json) === sum) yield JSON.parse(json);
  }
}

/** JSON has no line breaks of its own, but for the two that only readline takes for one. */
function toLine(record: unknown): string {
  const json = JSON.stringify(record).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
  return `${sumOf(json)} ${json}\n`;
}

function sumOf(json: string): string {
  return crc32(json).toString(16).padStart(8, '0');
}

async function writeWhole(file: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done);
    done += bytesWritten;
  }
}

/** A new file's name is on the disk only when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
