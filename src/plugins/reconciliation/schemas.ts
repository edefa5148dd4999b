// Reconciliation with AWS's invocation log and bill, on the wire.
import { Type } from 'typebox';
import { MoneyText, nullable, Time } from '../../lib/fields.ts';
import { Id, orderBy, pageFields, searchFields } from '../../lib/page.ts';

export const ImportKind = Type.Enum(['invocation-log', 'cur']);
export type ImportKind = Type.Static<typeof ImportKind>;

export const ProposalKind = Type.Enum(['usage_correction', 'reversal']);
export type ProposalKind = Type.Static<typeof ProposalKind>;

export const ProposalState = Type.Enum(['proposed', 'posted', 'superseded']);
export type ProposalState = Type.Static<typeof ProposalState>;

export const TokenKindName = Type.Enum(['input', 'output', 'cache_read', 'cache_write']);
export type TokenKindName = Type.Static<typeof TokenKindName>;

export const ImportQuery = Type.Object({
  kind: ImportKind,
  name: Type.String({ minLength: 1, maxLength: 255, pattern: '\\S' }),
  adds_to: Type.Optional({
    ...Id,
    description:
      'the import whose bill this file is another part of; otherwise it replaces the bill of its months',
  }),
});
export type ImportQuery = Type.Static<typeof ImportQuery>;

export const ImportRow = Type.Object({
  id: Type.Integer(),
  kind: ImportKind,
  name: Type.String(),
  sha256: Type.String(),
  bytes: Type.Integer(),
  rows: Type.Integer({ description: 'records or lines read' }),
  kept: Type.Integer({ description: 'of those the ones that are new and about Bedrock' }),
  facts: Type.Record(Type.String(), Type.Unknown(), { description: 'what was found, counted' }),
  starts_at: nullable(Time),
  ends_at: nullable(Time),
  adds_to: nullable(Type.Integer()),
  proposals: Type.Integer({ description: 'open ones that came of it' }),
  posted: Type.Integer({ description: 'posted ones that came of it: such an import stays' }),
  actor: Type.String(),
  created_at: Time,
});
export type ImportRow = Type.Static<typeof ImportRow>;

export const ImportAnswer = Type.Object({
  import: ImportRow,
  is_known: Type.Boolean({ description: 'true: this very file had been imported before' }),
});
export type ImportAnswer = Type.Static<typeof ImportAnswer>;

export const ImportListQuery = Type.Object({ ...pageFields, ...searchFields, orderBy: orderBy(['id']) });

export const DeleteBody = Type.Object({ id: Id }, { additionalProperties: false });

const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'a day, UTC' });

export const ReportQuery = Type.Object({
  from: Day,
  to: { ...Day, description: 'the last day, included' },
});

export const Ripeness = Type.Enum(['provisional', 'settled', 'final']);
export type Ripeness = Type.Static<typeof Ripeness>;

export const ReportState = Type.Enum(['agrees', 'close', 'differs', 'price_differs', 'no_bill', 'unmapped']);
export type ReportState = Type.Static<typeof ReportState>;

export const Cause = Type.Enum([
  'late_records',
  'unit',
  'estimates',
  'left_clients',
  'lost_calls',
  'other_callers',
  'no_principals',
  'log_missing',
  'cache_kinds',
  'other_terms',
  'other_price',
  'month_edge',
  'coarse_bill',
  'not_in_ledger',
  'not_in_bill',
]);
export type Cause = Type.Static<typeof Cause>;

export const ReportRow = Type.Object({
  day: Day,
  model: Type.String({
    description: "the base model; AWS's own name where no model of the catalogue answers to it",
  }),
  kind: TokenKindName,
  ledger_tokens: Type.Integer(),
  log_tokens: nullable(Type.Integer()),
  aws_tokens: nullable(Type.Integer()),
  ledger_amount: MoneyText,
  aws_amount: nullable(MoneyText),
  difference_tokens: nullable(Type.Integer({ description: 'AWS minus ledger' })),
  difference_amount: nullable(MoneyText),
  ledger_rate: nullable(Type.String({ ...MoneyText, description: 'USD per million tokens' })),
  aws_rate: nullable(MoneyText),
  ripeness: Ripeness,
  state: ReportState,
  causes: Type.Array(Cause),
});
export type ReportRow = Type.Static<typeof ReportRow>;

const Count = Type.Integer({ minimum: 0 });

export const Report = Type.Object({
  from: Day,
  to: Day,
  /** Exchanges against the log. */
  exchanges: Type.Object({
    equal: Count,
    tokens_differ: Count,
    ledger_only: Count,
    error: Count,
    not_covered: Count,
    log_only_ours: Count,
    log_only_others: Count,
  }),
  request_ids: Type.Object({
    compared: Count,
    agree: Count,
    are_used: Type.Boolean({ description: "false: AWS's request ids do not match what we were told" }),
  }),
  rows: Type.Array(ReportRow),
  money: Type.Object({
    ledger: MoneyText,
    aws: Type.String({ ...MoneyText, description: "AWS's usage by our callers, before discounts" }),
    aws_net: nullable(
      Type.String({ ...MoneyText, description: 'the same after discounts, if the bill says' }),
    ),
    other_callers: MoneyText,
    not_tokens: Type.Array(Type.Object({ name: Type.String(), amount: MoneyText })),
    unclassified: Type.Array(Type.Object({ name: Type.String(), amount: MoneyText })),
    money_only: Type.Array(Type.Object({ name: Type.String(), amount: MoneyText })),
  }),
  currencies: Type.Array(Type.String()),
  callers: Type.Array(Type.String({ description: 'the roles by which AWS knows this gateway' })),
});
export type Report = Type.Static<typeof Report>;

export const ProposalListQuery = Type.Object({
  ...pageFields,
  state: Type.Optional(ProposalState),
  import_id: Type.Optional(Id),
  ...searchFields,
  orderBy: orderBy(['id']),
});
export type ProposalListQuery = Type.Static<typeof ProposalListQuery>;

const Tokens = Type.Object({ input: Count, output: Count, cacheRead: Count, cacheWrite: Count });

export const ProposalRow = Type.Object({
  id: Type.Integer(),
  import_id: Type.Integer(),
  kind: ProposalKind,
  exchange_id: Type.String(),
  key_id: Type.Integer(),
  model: Type.String(),
  at: Time,
  ledger_tokens: Tokens,
  aws_tokens: Tokens,
  charged: MoneyText,
  by_aws: Type.String({ ...MoneyText, description: "AWS's counts at the price frozen on the request" }),
  amount: Type.String({ ...MoneyText, description: 'what posting charges more; negative: gives back' }),
  state: ProposalState,
  posted_by: nullable(Type.String()),
  posted_at: nullable(Time),
  created_at: Time,
});
export type ProposalRow = Type.Static<typeof ProposalRow>;

export const PostBody = Type.Object(
  { ids: Type.Array(Id, { minItems: 1, maxItems: 200, uniqueItems: true }) },
  { additionalProperties: false },
);

export const PostAnswer = Type.Object({
  posted: Count,
  amount: Type.String({ ...MoneyText, description: 'what was charged more in all' }),
});
export type PostAnswer = Type.Static<typeof PostAnswer>;
