// An uploaded file: written to a temporary place as it arrives, hashed on the way, read from there in pieces. Never
// whole in memory, and no database connection waits for a slow sender.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline, type Readable } from 'node:stream';
import { pipeline as pipe } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { ImportTooLarge, ImportUnreadable } from './errors.ts';

export interface Upload {
  path: string;
  bytes: number;
  /** Hex. */
  sha256: string;
  format: 'gzip' | 'parquet' | 'plain';
}

/** As it comes. */
const MAX_BYTES = 512 * 1024 * 1024;
/** Unpacked: a small file may claim to be endless. */
const MAX_UNPACKED_BYTES = 16 * 1024 * 1024 * 1024;

/** Refuses by the header what would be refused after half of it has come. @throws ImportTooLarge */
export function refuseTooLarge(contentLength: string | undefined): void {
  if (Number(contentLength ?? 0) > MAX_BYTES) throw new ImportTooLarge('512 MiB');
}

/** Hands the received file to `work`; it is gone afterwards. @throws ImportTooLarge */
export async function withUpload<T>(
  source: Readable,
  work: (upload: Upload) => Promise<T>,
  maxBytes = MAX_BYTES,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'brconnector-import-'));
  try {
    const path = join(folder, 'file');
    const received = await receive(source, path, maxBytes);
    return await work({ ...received, path, format: await formatOf(path) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function receive(source: Readable, path: string, maxBytes: number) {
  const hash = createHash('sha256');
  let bytes = 0;
  await pipe(
    source,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        bytes += chunk.length;
        if (bytes > maxBytes) throw new ImportTooLarge(`${maxBytes / 1024 / 1024} MiB`);
        hash.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(path, { mode: 0o600 }),
  );
  if (bytes === 0) throw new ImportUnreadable('the file is empty');
  return { bytes, sha256: hash.digest('hex') };
}

async function formatOf(path: string): Promise<Upload['format']> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    if (buffer[0] === 0x1f && buffer[1] === 0x8b) return 'gzip';
    return buffer.toString('latin1') === 'PAR1' ? 'parquet' : 'plain';
  } finally {
    await file.close();
  }
}

/** The file's bytes, unpacked. @throws ImportUnreadable for a file that is cut off or no gzip */
export async function* contentOf({ path, format }: Pick<Upload, 'path' | 'format'>): AsyncGenerator<Buffer> {
  const source = createReadStream(path, { highWaterMark: 64 * 1024 });
  const content = format === 'gzip' ? pipeline(source, createGunzip(), () => undefined) : source;
  let bytes = 0;
  try {
    for await (const chunk of content as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MAX_UNPACKED_BYTES) throw new ImportTooLarge('16 GiB when unpacked');
      yield chunk;
    }
  } catch (error) {
    if (!isZlibError(error)) throw error;
    throw new ImportUnreadable('the gzip file is damaged or cut off', { cause: error });
  }
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^Z_/.test(String(error.code));
}
