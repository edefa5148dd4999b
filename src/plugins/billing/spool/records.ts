// A settlement as a line of the spool, and back. Pure. Money is kept as decimal digits of 10^-10 USD.
import type { SettlementRow } from '../settlements/repository.ts';

const MONEY = new Set(['fee', 'input', 'output', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'image']);

export function toRecord(row: SettlementRow): unknown {
  return JSON.parse(
    JSON.stringify(row, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
  );
}

/** @returns undefined for what is not one of our records */
export function fromRecord(record: unknown): SettlementRow | undefined {
  if (typeof record !== 'object' || record === null || !('exchangeId' in record)) return undefined;
  const row: unknown = JSON.parse(JSON.stringify(record), (name, value: unknown) => {
    if (MONEY.has(name) && typeof value === 'string') return BigInt(value);
    return name === 'startedAt' && typeof value === 'string' ? new Date(value) : value;
  });
  // Written by toRecord and guarded by its line's checksum.
  return row as SettlementRow;
}
