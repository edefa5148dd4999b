// The ledger's filters as they stand in the page's address. Pure.
import type { LedgerKind } from '../../../../src/plugins/billing/ledger/schemas.ts';
import type { LedgerParams } from '../../api/index.ts';

export const LEDGER_KINDS = ['usage', 'recharge', 'refund', 'adjustment', 'expiry', 'transfer'] as const;

export function readKind(text: string | undefined): LedgerKind | undefined {
  return LEDGER_KINDS.find((kind) => kind === text);
}

/** A day of the reader's calendar as the moment it begins, or, with `next`, as the moment after its end. */
export function readDay(text: string | undefined, { next = false } = {}): string | undefined {
  const [, year, month, day] = /^([12]\d{3})-(\d\d)-(\d\d)$/.exec(text ?? '') ?? [];
  if (day === undefined) return undefined;
  const date = new Date(Number(year), Number(month) - 1, Number(day) + (next ? 1 : 0));
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** What is not a filter (a typed address may hold anything) is none. */
export function readFilters(
  text: (name: string) => string | undefined,
): Omit<LedgerParams, 'limit' | 'offset'> {
  const keyId = Number(text('key'));
  const exchangeId = text('exchange');
  return {
    q: text('q'),
    kind: readKind(text('kind')),
    key_id: Number.isSafeInteger(keyId) && keyId > 0 ? keyId : undefined,
    exchange_id: exchangeId !== undefined && /^[0-9a-f-]{36}$/i.test(exchangeId) ? exchangeId : undefined,
    from: readDay(text('from')),
    to: readDay(text('to'), { next: true }),
  };
}
