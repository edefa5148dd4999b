// Files on disk, as an upload leaves them, and readers that gather everything.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { BillSum } from '../../../src/plugins/reconciliation/bill/gather.ts';
import type { LogRecord } from '../../../src/plugins/reconciliation/logs/decode-record.ts';
import { readBill } from '../../../src/plugins/reconciliation/read-bill.ts';
import { readLog } from '../../../src/plugins/reconciliation/read-log.ts';
import { contentOf, type Upload } from '../../../src/plugins/reconciliation/upload.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

export function uploaded(t: Test, content: string | Uint8Array, format: Upload['format'] = 'plain') {
  const path = join(temporaryFolder(t), 'file');
  writeFileSync(path, content);
  return { path, format };
}

export async function readWholeLog(
  t: Test,
  content: string | Uint8Array,
  format: Upload['format'] = 'plain',
) {
  const records: LogRecord[] = [];
  const counts = await readLog(contentOf(uploaded(t, content, format)), async (batch) => {
    records.push(...batch);
  });
  return { counts, records };
}

export async function readWholeBill(
  t: Test,
  content: string | Uint8Array,
  format: Upload['format'] = 'plain',
) {
  const sums: BillSum[] = [];
  const counts = await readBill(uploaded(t, content, format), async (batch) => {
    sums.push(...batch);
  });
  return { counts, sums };
}
