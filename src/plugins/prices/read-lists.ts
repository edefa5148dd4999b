// Price lists as administrators write them: read exactly, or refused with the path of the value to blame. Pure.
import { isMoneyFault, type Money, type MoneyFault, parseMoney } from '../../lib/money.ts';
import type { PriceBand } from '../billing/index.ts';
import { PriceInvalid } from './errors.ts';
import { type PriceList, placeName, STANDARD_TIER } from './price-book.ts';
import type { BandInput, PriceBookFile } from './schemas.ts';

/** 100,000 USD per million tokens, 10^-10 USD; the table enforces it too. */
const MAX_PRICE = 10n ** 15n;

const TEXT: Record<MoneyFault, string> = {
  not_a_number: 'must be a number or a decimal string',
  too_many_places: 'must have at most ten decimal places',
  too_large: 'must be at most 100000 USD',
  too_precise_for_a_number: 'has more digits than a JSON number can carry; send it as a string',
};

/** What a caller says of a list; who says it and when is added by the service. */
export type WrittenList = Omit<PriceList, 'actor' | 'createdAt'>;

interface ListInput {
  base_id: string;
  scope: string;
  tier?: string | undefined;
  valid_from: string;
  source?: string | undefined;
  bands: readonly BandInput[];
}

/** `path`: where the list stands in the body, with its last dot; empty for the body itself. */
export function readList(input: ListInput, path = ''): WrittenList {
  return {
    baseId: input.base_id,
    scope: input.scope,
    tier: input.tier ?? STANDARD_TIER,
    validFrom: readMoment(input.valid_from, `${path}valid_from`),
    source: input.source ?? '',
    bands: readBands(input.bands, `${path}bands`),
  };
}

/** Every list of a file; none may stand in it twice. */
export function readFile(file: PriceBookFile): WrittenList[] {
  const seen = new Map<string, number>();
  return file.lists.map((input, index) => {
    const list = readList(input, `lists.${index}.`);
    const name = `${placeName(list)} ${list.validFrom.getTime()}`;
    const earlier = seen.get(name);
    if (earlier !== undefined)
      throw new PriceInvalid(`lists.${index}`, `is the same list as lists.${earlier}`);
    seen.set(name, index);
    return list;
  });
}

export function readMoment(text: string, path: string): Date {
  const moment = new Date(text);
  // The format lets a leap second through, which a Date cannot hold.
  if (Number.isNaN(moment.getTime())) throw new PriceInvalid(path, 'is not a moment');
  return moment;
}

/** The first band begins at 0 and each one above the one before, so that exactly one holds for any input. */
function readBands(bands: readonly BandInput[], path: string): PriceBand[] {
  let before = -1;
  return bands.map((band, index) => {
    const at = `${path}.${index}`;
    const overInputTokens = band.over_input_tokens ?? 0;
    if (index === 0 && overInputTokens !== 0)
      throw new PriceInvalid(`${at}.over_input_tokens`, 'the first band must begin at 0');
    if (overInputTokens <= before)
      throw new PriceInvalid(`${at}.over_input_tokens`, `overlaps the band over ${before} before it`);
    before = overInputTokens;
    const optional = (name: OptionalPrice) => {
      const value = band[name];
      return value === undefined || value === null ? null : readPrice(value, `${at}.${name}`);
    };
    return {
      overInputTokens,
      input: readPrice(band.input, `${at}.input`),
      output: readPrice(band.output, `${at}.output`),
      cacheRead: optional('cache_read'),
      cacheWrite5m: optional('cache_write_5m'),
      cacheWrite1h: optional('cache_write_1h'),
      image: optional('image'),
      embedding: optional('embedding'),
    };
  });
}

type OptionalPrice = 'cache_read' | 'cache_write_5m' | 'cache_write_1h' | 'image' | 'embedding';

function readPrice(value: number | string, path: string): Money {
  const price = parseMoney(value);
  if (isMoneyFault(price)) throw new PriceInvalid(path, TEXT[price]);
  if (price < 0n) throw new PriceInvalid(path, 'must not be negative');
  if (price > MAX_PRICE) throw new PriceInvalid(path, TEXT.too_large);
  return price;
}
