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

  /** A record that the database refuses must not keep the others, or the reaper, waiting. */
  async function settleAll(rows: readonly SettlementRow[]): Promise<number> {
    const results = await Promise.allSettled(rows.map(settle));
    const failed = results.filter((result) => result.status === 'rejected');
    if (failed[0] !== undefined)
      log.warn({ err: failed[0].reason, count: failed.length }, 'settlements stay in the spool');
    return failed.length;
  }

  async function replay({ path }: LeftSegment): Promise<{ count: number; failed: number }> {
    let count = 0;
    let failed = 0;
    let rows: SettlementRow[] = [];
    for await (const record of readSegment(path)) {
      const row = fromRecord(record);
      if (row === undefined) continue;
      rows.push(row);
      count += 1;
      if (rows.length < ROWS_AT_ONCE) continue;
      failed += await settleAll(rows);
      rows = [];
    }
    failed += await settleAll(rows);
    return { count, failed };
  }

  return {
    /** What fails stays in its file, and is tried again with the next look. */
    async look(): Promise<void> {
      for (const segment of await spool.findLeft()) {
        const { size } = await stat(segment.path);
        // Asked before the file is read: a process that dies later has not been read to its end.
        const isDead = !(await isLiving(segment.owner));
        if (done.get(segment.path) !== size) {
          const { count, failed } = await replay(segment);
          if (failed > 0) continue;
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
