// Files as AWS writes them, made up: an hour of one gateway, with a discount, and another caller in the account.

export const ACCOUNT = '111122223333';
export const ROLE = `arn:aws:sts::${ACCOUNT}:assumed-role/GatewayBedrock`;
export const FIRST = '01932c07-0000-7000-8000-000000000001';
export const SECOND = '01932c07-0000-7000-8000-000000000002';
export const THIRD = '01932c07-0000-7000-8000-000000000003';

interface RecordOptions {
  requestId: string;
  timestamp?: string;
  modelId?: string;
  operation?: string;
  exchangeId?: string;
  keyId?: number;
  errorCode?: string;
  input?: Record<string, unknown>;
  output?: Record<string, unknown>;
}

/** One record of the invocation log. */
export function logRecord({
  requestId,
  exchangeId,
  errorCode,
  ...more
}: RecordOptions): Record<string, unknown> {
  return {
    schemaType: 'ModelInvocationLog',
    schemaVersion: '1.0',
    timestamp: more.timestamp ?? '2026-11-20T14:03:17Z',
    accountId: ACCOUNT,
    identity: { arn: `${ROLE}/gw-prod` },
    region: 'us-east-1',
    requestId,
    operation: more.operation ?? 'Converse',
    modelId: more.modelId ?? 'us.anthropic.claude-sonnet-4-6',
    ...(errorCode !== undefined && { errorCode }),
    input: { inputContentType: 'application/json', ...more.input },
    output: { outputContentType: 'application/json', ...more.output },
    inferenceRegion: 'us-west-2',
    ...(exchangeId !== undefined && {
      requestMetadata: { gw_exchange: exchangeId, gw_key: String(more.keyId ?? 1) },
    }),
  };
}

const prompt = { messages: [{ role: 'user', content: [{ text: 'a secret prompt {"[}\\ 日本 🙂' }] }] };

/** Converse by ARN; ConverseStream whose client left; a throttled call. */
export const RECORDS = [
  logRecord({
    requestId: '6f0d9a52-3a41-4c1e-9d0b-1f2e3d4c5b6a',
    modelId: `arn:aws:bedrock:us-east-1:${ACCOUNT}:inference-profile/us.anthropic.claude-sonnet-4-6`,
    exchangeId: FIRST,
    input: {
      inputBodyJson: prompt,
      inputTokenCount: 1204,
      cacheReadInputTokenCount: 18432,
      cacheWriteInputTokenCount: 0,
    },
    output: {
      outputBodyJson: {
        stopReason: 'end_turn',
        usage: { inputTokens: 1204, outputTokens: 512, totalTokens: 20148 },
      },
      outputTokenCount: 512,
    },
  }),
  logRecord({
    requestId: 'b7c1e0de-52f4-4a1f-8a77-90ab12cd34ef',
    timestamp: '2026-11-20T14:41:02.250Z',
    operation: 'ConverseStream',
    exchangeId: SECOND,
    input: {
      inputBodyJson: prompt,
      inputTokenCount: 57,
      cacheReadInputTokenCount: 0,
      cacheWriteInputTokenCount: 18432,
    },
    output: {
      outputBodyJson: { usage: { outputTokens: 2048, cacheDetails: [{ ttl: '5m', inputTokens: 18432 }] } },
      outputTokenCount: 2048,
    },
  }),
  logRecord({
    requestId: '0c9e8f7a-1111-4222-8333-444455556666',
    timestamp: '2026-11-20T14:41:09Z',
    operation: 'ConverseStream',
    exchangeId: THIRD,
    errorCode: 'ThrottlingException',
    input: { inputTokenCount: 0 },
  }),
];

export const jsonLines = (records: readonly unknown[] = RECORDS) =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('');

export const COLUMNS = [
  ...['bill_billing_entity', 'line_item_line_item_type', 'line_item_usage_account_id'],
  ...[
    'line_item_usage_start_date',
    'line_item_usage_end_date',
    'line_item_product_code',
    'product_servicecode',
  ],
  ...['product_product_family', 'line_item_usage_type', 'line_item_operation', 'product_region_code'],
  ...['line_item_resource_id', 'line_item_iam_principal', 'line_item_usage_amount', 'pricing_unit'],
  ...['line_item_unblended_cost', 'line_item_net_unblended_cost', 'line_item_currency_code', 'product'],
];

export type CsvRow = Record<string, string>;

/** A row of AWS's own Bedrock service. */
export function billRow(changes: CsvRow): CsvRow {
  return {
    bill_billing_entity: 'AWS',
    line_item_line_item_type: 'Usage',
    line_item_usage_account_id: ACCOUNT,
    line_item_usage_start_date: '2026-11-20T14:00:00.000Z',
    line_item_usage_end_date: '2026-11-20T15:00:00.000Z',
    line_item_product_code: 'AmazonBedrockService',
    product_servicecode: 'AmazonBedrockService',
    product_product_family: 'Amazon Bedrock',
    line_item_operation: 'InvokeModelInference',
    product_region_code: 'us-east-1',
    line_item_resource_id: `arn:aws:bedrock:us-east-1:${ACCOUNT}:inference-profile/us.anthropic.claude-sonnet-4-6`,
    line_item_iam_principal: `${ROLE}/gw-prod`,
    pricing_unit: '1K tokens',
    line_item_currency_code: 'USD',
    product: '{"provider":"Anthropic","model":"Claude Sonnet 4.6"}',
    ...changes,
  };
}

const usage = (type: string, amount: string, cost: string, net: string) =>
  billRow({
    line_item_usage_type: `USE1-Claude4.6Sonnet-${type}`,
    line_item_usage_amount: amount,
    line_item_unblended_cost: cost,
    line_item_net_unblended_cost: net,
  });

export const BILL: CsvRow[] = [
  usage('input-tokens', '1.204', '0.0039732', '0.003655344'),
  usage('output-tokens', '0.512', '0.0084480', '0.00777216'),
  usage('cache-read-input-token-count', '18.432', '0.00608256', '0.0055959552'),
  usage('input-tokens', '0.057', '0.0001881', '0.000173052'),
  usage('output-tokens', '2.048', '0.0337920', '0.03108864'),
  usage('cache-write-input-token-count', '18.432', '0.076032000', '0.06994944'),
  billRow({
    bill_billing_entity: 'AWS Marketplace',
    line_item_product_code: 'a1b2c3d4e5f6opaque',
    product_servicecode: '',
    product_product_family: '',
    line_item_usage_type: 'USE1-MP:USE1_InputTokenCount_Global-Units',
    line_item_resource_id: '',
    line_item_iam_principal: `arn:aws:iam::${ACCOUNT}:user/BedrockAPIKey-x1y2`,
    line_item_usage_amount: '0.012345',
    pricing_unit: '1M tokens',
    line_item_unblended_cost: '0.01234500',
    product: '{"product_name":"Claude Haiku 4.5 (Amazon Bedrock Edition)"}',
  }),
  billRow({
    line_item_line_item_type: 'EdpDiscount',
    line_item_usage_start_date: '2026-11-01T00:00:00.000Z',
    line_item_usage_end_date: '2026-12-01T00:00:00.000Z',
    product_product_family: '',
    line_item_usage_type: 'USE1-Claude4.6Sonnet-output-tokens',
    line_item_resource_id: '',
    line_item_iam_principal: '',
    line_item_usage_amount: '0',
    pricing_unit: '',
    line_item_unblended_cost: '-0.0033792',
    product: '{}',
  }),
  billRow({
    bill_billing_entity: 'AWS Marketplace',
    line_item_line_item_type: 'Tax',
    line_item_product_code: 'a1b2c3d4e5f6opaque',
    product_servicecode: '',
    product_product_family: '',
    line_item_usage_type: '',
    line_item_operation: '',
    line_item_resource_id: '',
    line_item_iam_principal: '',
    line_item_usage_amount: '0',
    pricing_unit: '',
    line_item_unblended_cost: '0.00092',
    product: '{}',
  }),
];

/** A row of another service, and its tax. */
export const FOREIGN: CsvRow[] = ['Usage', 'Tax'].map((type) =>
  billRow({
    line_item_line_item_type: type,
    line_item_product_code: 'AmazonEC2',
    product_servicecode: 'AmazonEC2',
    product_product_family: 'Compute Instance',
    line_item_usage_type: 'USE1-BoxUsage:m7g.large',
    line_item_operation: 'RunInstances',
    line_item_resource_id: 'i-0123456789',
    line_item_iam_principal: '',
    line_item_usage_amount: '1',
    pricing_unit: 'Hrs',
    line_item_unblended_cost: '0.0816',
    product: '{}',
  }),
);

const quote = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

export function csv(rows: readonly CsvRow[], columns: readonly string[] = COLUMNS): string {
  const lines = rows.map((row) => columns.map((name) => quote(row[name] ?? '')).join(','));
  return [columns.join(','), ...lines, ''].join('\n');
}

/** The older report's spelling of a column. */
export function legacyName(column: string): string {
  const [, group = '', rest = ''] = /^(bill|line_item|product|pricing)_?(.*)$/.exec(column) ?? [];
  const pascal = (text: string) =>
    text.replace(/(?:^|_)(\w)/g, (_all, letter: string) => letter.toUpperCase());
  const camel = (text: string) => pascal(text).replace(/^./, (letter) => letter.toLowerCase());
  if (column === 'product') return 'product/product_name_map';
  if (group === 'product') return `product/${camel(rest)}`;
  return group === 'pricing' ? `pricing/${rest}` : `${camel(group)}/${pascal(rest)}`;
}
