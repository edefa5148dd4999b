// One record of Bedrock's model invocation log -> the facts that reconciliation keeps. Prompts and answers stand in
// the same record; they are dropped here and never stored.
import { head, storableText } from '../../../lib/text.ts';

/** A call as AWS logged it. Tokens; `inputTokens` are the ones that are not cached. */
export interface LogRecord {
  accountId: string;
  region: string;
  requestId: string;
  at: Date;
  operation: string;
  /** As the caller named it: model id, inference profile or ARN. */
  modelId: string;
  principal: string;
  /** The exchange we named in `requestMetadata`; null: not ours, or from before we sent it. */
  exchangeId: string | null;
  keyId: number | null;
  errorCode: string | null;
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  /** Both times to live. */
  cacheWriteTokens: number;
  /** Of those the ones kept for an hour; null: the log does not say. */
  cacheWrite1hTokens: number | null;
}

/** `foreign`: no invocation (CloudWatch's test event, another schema); `malformed`: one without its identity or time. */
export type DecodedRecord = LogRecord | 'foreign' | 'malformed';

type Json = Record<string, unknown>;

const UUID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;
const MAX_TEXT = 512;

/** @throws SyntaxError if the text is not JSON */
export function decodeRecord(text: string): DecodedRecord {
  const value = unwrap(JSON.parse(text));
  if (value === undefined || value.schemaType !== 'ModelInvocationLog') return 'foreign';
  const input = objectOf(value.input);
  const output = objectOf(value.output);
  const at = new Date(textOf(value.timestamp));
  const identity = {
    accountId: textOf(value.accountId),
    region: textOf(value.region),
    requestId: textOf(value.requestId),
  };
  if (Number.isNaN(at.getTime()) || Object.values(identity).includes('')) return 'malformed';
  const counts = {
    inputTokens: tokensOf(input.inputTokenCount),
    outputTokens: tokensOf(output.outputTokenCount),
    cacheReadTokens: tokensOf(input.cacheReadInputTokenCount),
    cacheWriteTokens: tokensOf(input.cacheWriteInputTokenCount),
  };
  if (Object.values(counts).includes(Number.NaN)) return 'malformed';
  return {
    ...identity,
    ...counts,
    at,
    operation: textOf(value.operation),
    modelId: textOf(value.modelId),
    principal: textOf(objectOf(value.identity).arn),
    ...claimOf(objectOf(value.requestMetadata)),
    errorCode: textOf(value.errorCode) || null,
    cacheWrite1hTokens: hourWritesOf(objectOf(output.outputBodyJson)),
  };
}

/** CloudWatch and Logs Insights wrap the record as text. */
function unwrap(value: unknown): Json | undefined {
  const outer = objectOf(value);
  if (outer.schemaType !== undefined) return outer;
  const message = outer.message ?? outer['@message'];
  if (typeof message === 'object') return objectOf(message);
  if (typeof message !== 'string' || !message.trimStart().startsWith('{')) return undefined;
  return objectOf(JSON.parse(message));
}

/** Anybody in the account may write any metadata: only what has our shape counts. */
function claimOf(metadata: Json): Pick<LogRecord, 'exchangeId' | 'keyId'> {
  const exchange = textOf(metadata.gw_exchange);
  const key = Number(metadata.gw_key);
  return {
    exchangeId: UUID.test(exchange) ? exchange.toLowerCase() : null,
    keyId: Number.isSafeInteger(key) && key > 0 ? key : null,
  };
}

function hourWritesOf(body: Json): number | null {
  const { cacheDetails } = objectOf(body.usage);
  if (!Array.isArray(cacheDetails)) return null;
  const hourly = cacheDetails.map(objectOf).filter(({ ttl }) => ttl === '1h');
  const sum = hourly.reduce((total, { inputTokens }) => total + tokensOf(inputTokens), 0);
  return Number.isNaN(sum) ? null : sum;
}

/** Absent: none. NaN: not a count. */
function tokensOf(value: unknown): number {
  if (value === undefined || value === null) return 0;
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : Number.NaN;
}

function objectOf(value: unknown): Json {
  // Any object may be read by member names; what is inside stays unknown.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? head(storableText(value), MAX_TEXT) : '';
}
