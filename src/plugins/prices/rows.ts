// Price lists as the wire shows them. Pure.
import { formatMoney, type Money } from '../../lib/money.ts';
import type { PriceBand } from '../billing/index.ts';
import type { ListState, PriceList } from './price-book.ts';
import type { WrittenList } from './read-lists.ts';
import type { PriceBandRow, PriceBookFileRow, PriceListRow } from './schemas.ts';

const amountOrNone = (amount: Money | null) => (amount === null ? null : formatMoney(amount));

export function toBandRow(band: PriceBand): PriceBandRow {
  return {
    over_input_tokens: band.overInputTokens,
    input: formatMoney(band.input),
    output: formatMoney(band.output),
    cache_read: amountOrNone(band.cacheRead),
    cache_write_5m: amountOrNone(band.cacheWrite5m),
    cache_write_1h: amountOrNone(band.cacheWrite1h),
    image: amountOrNone(band.image),
    embedding: amountOrNone(band.embedding),
  };
}

export function toPlaceRow({ baseId, scope, tier, validFrom }: WrittenList) {
  return { base_id: baseId, scope, tier, valid_from: validFrom.toISOString() };
}

export function toListRow(list: PriceList, state: ListState): PriceListRow {
  return {
    ...toPlaceRow(list),
    state,
    bands: list.bands.map(toBandRow),
    source: list.source,
    actor: list.actor,
    created_at: list.createdAt.toISOString(),
  };
}

/** The same book is always the same bytes: lists come ordered, members stand in one order. */
export function toFile(lists: readonly PriceList[]): PriceBookFileRow {
  return {
    format: 'brconnector-prices-1',
    unit: 'USD per million tokens',
    lists: lists.map((list) => ({
      ...toPlaceRow(list),
      source: list.source,
      bands: list.bands.map(toBandRow),
    })),
  };
}
