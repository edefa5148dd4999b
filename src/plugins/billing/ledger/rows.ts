// Ledger entries as the wire shows them: JSON rows and lines of CSV. Pure.
import { BYTE_ORDER_MARK, csvLine } from '../../../lib/csv.ts';
import { formatMoney } from '../../../lib/money.ts';
import type { LedgerEntry } from './repository.ts';
import { LedgerRow } from './schemas.ts';

export function toRow(entry: LedgerEntry): LedgerRow {
  return {
    id: entry.id,
    key_id: entry.keyId,
    group_id: entry.groupId,
    kind: entry.kind,
    balance_change: formatMoney(entry.balanceChange),
    quota_change: formatMoney(entry.quotaChange),
    month: entry.month,
    day: entry.day,
    exchange_id: entry.exchangeId,
    thread_id: entry.threadId,
    counterpart_key_id: entry.counterpartKeyId,
    actor: entry.actor,
    reason: entry.reason,
    request_id: entry.requestId,
    created_at: entry.createdAt.toISOString(),
  };
}

// Filled in by the schema's own order, which is the order of the columns.
const COLUMNS = Object.keys(LedgerRow.properties) as (keyof LedgerRow)[];
const AMOUNTS: ReadonlySet<keyof LedgerRow> = new Set(['balance_change', 'quota_change']);

/** The names of the columns, then each portion as it comes. */
export async function* toCsv(portions: AsyncIterable<readonly LedgerEntry[]>): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + csvLine(COLUMNS);
  for await (const entries of portions) yield entries.map(toCsvLine).join('');
}

function toCsvLine(entry: LedgerEntry): string {
  const row = toRow(entry);
  return csvLine(
    COLUMNS.map((column) => {
      const value = row[column];
      return AMOUNTS.has(column) && typeof value === 'string' ? { figure: value } : value;
    }),
  );
}
