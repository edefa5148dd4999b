// The columns of a Cost and Usage Report: CUR 2.0's names, and the older report's, which are the same words written
// otherwise (`lineItem/UsageType`).

const REQUIRED = [
  'line_item_line_item_type',
  'line_item_usage_start_date',
  'line_item_usage_type',
  'line_item_usage_amount',
  'line_item_unblended_cost',
] as const;

const USED = [
  ...REQUIRED,
  'bill_billing_period_start_date',
  'bill_payer_account_id',
  'bill_billing_entity',
  'line_item_usage_account_id',
  'line_item_usage_end_date',
  'line_item_product_code',
  'line_item_operation',
  'line_item_resource_id',
  'line_item_iam_principal',
  'line_item_net_unblended_cost',
  'line_item_currency_code',
  'pricing_unit',
  'product',
  'product_servicecode',
  'product_product_family',
  'product_region_code',
  'product_region',
  'product_model',
  'product_product_name',
] as const;

export type BillColumn = (typeof USED)[number];
/** A row by column; what the export does not have is absent. */
export type BillCells = Partial<Record<BillColumn, string>>;

/** Where each column stands. */
export type BillHeader = ReadonlyMap<BillColumn, number>;

/** FOCUS exports have other columns, under other rules. */
const OF_FOCUS = new Set(['billed_cost', 'effective_cost', 'charge_period_start', 'charge_category']);

export class HeaderError extends Error {
  override readonly name = 'HeaderError';
}

/** `lineItem/UsageType`, `line_item_usage_type` -> `line_item_usage_type` */
export function normaliseColumn(name: string): string {
  return name
    .trim()
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/[/:\s]+/g, '_')
    .toLowerCase();
}

/** @throws HeaderError for a file that is no such report */
export function readHeader(names: readonly string[]): BillHeader {
  const at = new Map<string, number>();
  for (const [index, name] of names.entries()) {
    const column = normaliseColumn(name);
    if (!at.has(column)) at.set(column, index);
  }
  if ([...at.keys()].some((name) => OF_FOCUS.has(name)))
    throw new HeaderError('this is a FOCUS export; export CUR 2.0 instead');
  const missing = REQUIRED.filter((name) => !at.has(name));
  if (missing.length > 0)
    throw new HeaderError(`this is no Cost and Usage Report: it has no column ${missing.join(', ')}`);
  return new Map(USED.flatMap((name) => (at.has(name) ? [[name, at.get(name) ?? 0] as const] : [])));
}

export function cellsOf(header: BillHeader, row: readonly string[]): BillCells {
  const cells: BillCells = {};
  for (const [name, index] of header) cells[name] = row[index] ?? '';
  return cells;
}
