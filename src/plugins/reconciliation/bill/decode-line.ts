// One row of a Cost and Usage Report -> a line of ours, if it belongs to Amazon Bedrock.
import { head, storableText } from '../../../lib/text.ts';
import { type Decimal, parseDecimal } from '../decimal.ts';
import type { BillCells } from './columns.ts';

/** By which mark a row was known for Bedrock's; `money`: a discount, credit or tax, kept if its product is. */
export type Branch = 'family' | 'code' | 'marketplace' | 'agentcore' | 'money';

export interface BillLine {
  branch: Branch;
  /** `2026-11` */
  period: string;
  payer: string;
  account: string;
  /** UTC, `2026-11-20`. */
  day: string;
  granularity: 'hourly' | 'daily' | 'monthly';
  region: string;
  lineType: string;
  productCode: string;
  usageType: string;
  /** Who called, without the session; empty: the export does not say. */
  principal: string;
  /** The model as resource or product name it; empty: only the usage type may tell. */
  modelHint: string;
  unit: string;
  currency: string;
  quantity: Decimal;
  /** Before discounts. */
  cost: Decimal;
  /** After them; null: the account has none in the period. */
  netCost: Decimal | null;
}

export class LineError extends Error {
  override readonly name = 'LineError';
}

const CODES = new Set(['AmazonBedrock', 'AmazonBedrockFoundationModels', 'AmazonBedrockService']);
const CONSUMPTION = new Set(['Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage']);
const EDITION = / \(Amazon Bedrock Edition\)$/;
const HOUR_MS = 3_600_000;
const MAX_TEXT = 512;

/** @returns undefined for another service's row. @throws LineError for a row that cannot be read exactly. */
export function decodeLine(cells: BillCells): BillLine | undefined {
  const branch = branchOf(cells);
  if (branch === undefined) return undefined;
  const product = productOf(cells.product ?? '');
  const productName = nameOf(cells, product);
  const start = momentOf(cells, 'line_item_usage_start_date');
  const day = start.toISOString().slice(0, 10);
  const account = clean(cells.line_item_usage_account_id);
  return {
    branch,
    period: (cells.bill_billing_period_start_date || day).slice(0, 7),
    payer: clean(cells.bill_payer_account_id) || account,
    account,
    day,
    granularity: granularityOf(cells, start),
    region: clean(cells.product_region_code || cells.product_region),
    lineType: clean(cells.line_item_line_item_type),
    productCode: clean(cells.line_item_product_code),
    usageType: clean(cells.line_item_usage_type),
    principal: roleOf(clean(cells.line_item_iam_principal)),
    modelHint: clean(
      resourceModel(cells.line_item_resource_id ?? '') ||
        cells.product_model ||
        product.model ||
        (EDITION.test(productName) ? productName.replace(EDITION, '') : ''),
    ),
    unit: clean(cells.pricing_unit),
    currency: clean(cells.line_item_currency_code),
    quantity: decimalOf(cells, 'line_item_usage_amount') ?? 0n,
    cost: decimalOf(cells, 'line_item_unblended_cost') ?? 0n,
    netCost: decimalOf(cells, 'line_item_net_unblended_cost'),
  };
}

function branchOf(cells: BillCells): Branch | undefined {
  const { line_item_line_item_type: type = '', line_item_product_code: code = '' } = cells;
  const service = cells.product_servicecode ?? '';
  if (code.startsWith('AmazonBedrockAgentCore') || service.startsWith('AmazonBedrockAgentCore'))
    return 'agentcore';
  if (!CONSUMPTION.has(type)) return 'money';
  if (cells.product_product_family === 'Amazon Bedrock') return 'family';
  if (CODES.has(code) || CODES.has(service)) return 'code';
  if (cells.bill_billing_entity !== 'AWS Marketplace' && service !== '') return undefined;
  const isCall = cells.line_item_operation?.startsWith('InvokeModel') === true;
  const isEdition = () => EDITION.test(nameOf(cells, productOf(cells.product ?? '')));
  return isCall || isEdition() ? 'marketplace' : undefined;
}

function nameOf(cells: BillCells, product: { product_name?: string }): string {
  return cells.product_product_name || product.product_name || '';
}

/** `arn:aws:sts::1:assumed-role/ROLE/SESSION` -> without the session, which changes with every process. */
export function roleOf(arn: string): string {
  return arn.replace(/^(arn:[^:]*:sts::[^:]*:assumed-role\/[^/]+)\/.*$/, '$1');
}

function resourceModel(resource: string): string {
  // An application profile's name says nothing of its model, but its ARN may stand in the catalogue.
  if (resource.includes(':application-inference-profile/')) return resource;
  return /(?:inference-profile|foundation-model)\/(.+)$/.exec(resource)?.[1] ?? '';
}

function productOf(text: string): { model?: string; product_name?: string } {
  if (!text.startsWith('{')) return {};
  try {
    // Only texts are taken out of it.
    const product = JSON.parse(text) as Record<string, unknown>;
    const pick = (name: string) => (typeof product[name] === 'string' ? product[name] : '');
    return { model: pick('model'), product_name: pick('product_name') };
  } catch {
    // A map in another notation says nothing that is needed.
    return {};
  }
}

function granularityOf(cells: BillCells, start: Date): BillLine['granularity'] {
  if (!cells.line_item_usage_end_date) return 'daily';
  const hours = (momentOf(cells, 'line_item_usage_end_date').getTime() - start.getTime()) / HOUR_MS;
  return hours <= 1 ? 'hourly' : hours <= 25 ? 'daily' : 'monthly';
}

function momentOf(cells: BillCells, name: 'line_item_usage_start_date' | 'line_item_usage_end_date'): Date {
  const text = (cells[name] ?? '').trim().replace(' ', 'T');
  // All times of the report are UTC, whether they say so or not.
  const moment = new Date(/(?:Z|[+-]\d\d:?\d\d)$/.test(text) || text.length === 10 ? text : `${text}Z`);
  if (Number.isNaN(moment.getTime())) throw new LineError(`${name} is no time: ${head(text, 40)}`);
  return moment;
}

function decimalOf(cells: BillCells, name: keyof BillCells & `line_item_${string}`): Decimal | null {
  const text = cells[name] ?? '';
  if (text === '') return null;
  const value = parseDecimal(text);
  if (value === undefined) throw new LineError(`${name} is no amount: ${head(text, 40)}`);
  return value;
}

function clean(text = ''): string {
  return head(storableText(text), MAX_TEXT);
}
