// Settles what processes before us have left on this disk. A record that is settled already changes nothing, so a
// segment may be read while its process lives; only a dead one's file is removed.
import { stat, unlink } from 'node:fs/promises';
import type { SettlementRow } from '../settlements/repository.ts';
import { fromRecord } from './records.ts';
import { type LeftSegment, readSegment, type Spool } from './spool.ts';

export interface ReplayOptions {
  spool: Pick<Spool, 'findLeft'>;
  isLiving(owner: string): Promise<boolean>;
  settle(row: SettlementRow): Promise<unknown>;
  log: { warn(facts: object, message: string): void };
}

const ROWS_AT_ONCE = 500;

export function createReplay({ spool, isLiving, settle, log }: ReplayOptions) {
  /** Bytes that were read, by path. */
  const done = new Map<string, number>();

  async function replay({ path }: LeftSegment): Promise<number> {
    let count = 0;
    let rows: SettlementRow[] = [];
    for await (const record of readSegment(path)) {
      const row = fromRecord(record);
      if (row === undefined) continue;
      rows.push(row);
      count += 1;
      if (rows.length < ROWS_AT_ONCE) continue;
      await Promise.all(rows.map(settle));
      rows = [];
    }
    await Promise.all(rows.map(settle));
    return count;
  }

  return {
    /** @throws what the database says; the files stay then */
    async look(): Promise<void> {
      for (const segment of await spool.findLeft()) {
        const { size } = await stat(segment.path);
        // Asked before the file is read: a process that dies later has not been read to its end.
        const isDead = !(await isLiving(segment.owner));
        if (done.get(segment.path) !== size) {
          const count = await replay(segment);
          done.set(segment.path, size);
          if (count > 0) log.warn({ count, owner: segment.owner }, 'settlements were read from the spool');
        }
        if (!isDead) continue;
        await unlink(segment.path);
        done.delete(segment.path);
      }
    },
  };
}
