// What a person types about a price list, and the body that follows from it.
import type { PriceBandRow, PriceListRow, SetPriceBody } from '../../../../src/plugins/prices/schemas.ts';
import { formatMoney, readAmount } from '../../format/money.ts';
import type { PlainKey } from '../../i18n/messages.ts';
import { fromLocalField } from './local-time.ts';

export const AMOUNTS = [
  'input',
  'output',
  'cache_read',
  'cache_write_5m',
  'cache_write_1h',
  'image',
  'embedding',
] as const;
export type AmountName = (typeof AMOUNTS)[number];
export const isNeeded = (name: AmountName) => name === 'input' || name === 'output';

export interface BandForm extends Record<AmountName, string> {
  over_input_tokens: string;
}

export interface PriceForm {
  base_id: string;
  scope: string;
  tier: string;
  /** Local time; empty: now. */
  valid_from: string;
  source: string;
  bands: BandForm[];
}

/** Path in the body (`bands.0.input`) -> what is wrong. */
export type PriceFormErrors = Record<string, PlainKey>;

export function emptyBand(): BandForm {
  return {
    over_input_tokens: '',
    input: '',
    output: '',
    cache_read: '',
    cache_write_5m: '',
    cache_write_1h: '',
    image: '',
    embedding: '',
  };
}

export function emptyPriceForm(): PriceForm {
  return {
    base_id: '',
    scope: 'in-region',
    tier: 'standard',
    valid_from: '',
    source: '',
    bands: [emptyBand()],
  };
}

/** A new list begins as the one it follows, from now on. */
export function priceFormOf(row: PriceListRow): PriceForm {
  const { base_id, scope, tier, source } = row;
  return { base_id, scope, tier, source, valid_from: '', bands: row.bands.map(toBandForm) };
}

function toBandForm(band: PriceBandRow): BandForm {
  const form = emptyBand();
  form.over_input_tokens = String(band.over_input_tokens);
  for (const name of AMOUNTS) form[name] = plainAmount(band[name]);
  return form;
}

/** `"0.2500000000"` -> `0.25`, as one would type it. */
function plainAmount(value: string | null): string {
  return value === null ? '' : (readAmount(formatMoney(value)) ?? '');
}

export function checkPriceForm(form: PriceForm): PriceFormErrors {
  const errors: PriceFormErrors = {};
  for (const name of ['base_id', 'scope', 'tier'] as const)
    if (form[name].trim() === '') errors[name] = 'form.required';
  let before = 0;
  for (const [index, band] of form.bands.entries()) {
    if (index > 0) {
      const over = Number(band.over_input_tokens);
      if (!/^\d{1,9}$/.test(band.over_input_tokens.trim()) || over <= before)
        errors[`bands.${index}.over_input_tokens`] = 'prices.bandWrong';
      before = over;
    }
    for (const name of AMOUNTS) {
      const isMissing = band[name].trim() === '';
      const isBad = isMissing ? isNeeded(name) : readAmount(band[name]) === null;
      if (isBad) errors[`bands.${index}.${name}`] = isMissing ? 'form.required' : 'form.amount';
    }
  }
  return errors;
}

export function toSetBody(form: PriceForm): SetPriceBody {
  const validFrom = fromLocalField(form.valid_from);
  return {
    base_id: form.base_id.trim(),
    scope: form.scope.trim(),
    tier: form.tier.trim(),
    source: form.source.trim(),
    ...(validFrom !== null && { valid_from: validFrom }),
    bands: form.bands.map((band, index) => ({
      over_input_tokens: index === 0 ? 0 : Number(band.over_input_tokens),
      input: readAmount(band.input) ?? '',
      output: readAmount(band.output) ?? '',
      cache_read: readAmount(band.cache_read),
      cache_write_5m: readAmount(band.cache_write_5m),
      cache_write_1h: readAmount(band.cache_write_1h),
      image: readAmount(band.image),
      embedding: readAmount(band.embedding),
    })),
  };
}
