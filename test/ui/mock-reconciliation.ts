// Reconciliation as the mock gateway has it: imports, a report with every state, proposals that can be posted.
import type {
  ImportAnswer,
  ImportRow,
  PostAnswer,
  ProposalRow,
  Report,
  ReportRow,
} from '../../src/plugins/reconciliation/schemas.ts';
import { type Asked, Refusal } from './mock-routes.ts';

const HASH = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const DAY = '2026-11-20';

function importRow(id: number, changes: Partial<ImportRow>): ImportRow {
  return {
    id,
    kind: 'invocation-log',
    name: '20261120T140000000Z_6f0d9a52.json.gz',
    sha256: HASH,
    bytes: 48_211,
    rows: 1_204,
    kept: 1_198,
    facts: { duplicates: 6 },
    starts_at: `${DAY}T00:00:04.000Z`,
    ends_at: `${DAY}T23:59:58.000Z`,
    adds_to: null,
    proposals: 2,
    posted: 0,
    actor: 'key:1',
    created_at: '2026-11-24T09:12:00.000Z',
    ...changes,
  };
}

function proposalRow(id: number, changes: Partial<ProposalRow>): ProposalRow {
  return {
    id,
    import_id: 2,
    kind: 'usage_correction',
    exchange_id: `01932c07-0000-7000-8000-00000000000${id}`,
    key_id: (id % 3) + 1,
    model: 'us.anthropic.claude-sonnet-4-6',
    at: `${DAY}T14:41:02.000Z`,
    ledger_tokens: { input: 61, output: 300, cacheRead: 0, cacheWrite: 0 },
    aws_tokens: { input: 57, output: 2_048, cacheRead: 0, cacheWrite: 18_432 },
    charged: '0.0051513000',
    by_aws: '0.1100121000',
    amount: '0.1048608000',
    state: 'proposed',
    posted_by: null,
    posted_at: null,
    created_at: '2026-11-24T09:12:00.000Z',
    ...changes,
  };
}

function reportRow(changes: Partial<ReportRow>): ReportRow {
  return {
    day: DAY,
    model: 'anthropic.claude-sonnet-4-6',
    kind: 'input',
    ledger_tokens: 1_261_004,
    log_tokens: 1_261_004,
    aws_tokens: 1_261_004,
    ledger_amount: '4.1613132000',
    aws_amount: '4.1613132000',
    difference_tokens: 0,
    difference_amount: '0.0000000000',
    ledger_rate: '3.3000000000',
    aws_rate: '3.3000000000',
    ripeness: 'settled',
    state: 'agrees',
    causes: [],
    ...changes,
  };
}

const ROWS: ReportRow[] = [
  reportRow({}),
  reportRow({
    ...{ kind: 'output', ledger_tokens: 488_102, aws_tokens: 560_320, difference_tokens: 72_218 },
    ...{ ledger_amount: '8.0536830000', aws_amount: '9.2452800000', difference_amount: '1.1915970000' },
    ...{ state: 'differs', ripeness: 'provisional' },
    causes: ['late_records', 'estimates', 'left_clients', 'other_callers'],
  }),
  reportRow({
    ...{ kind: 'cache_read', state: 'close', ledger_tokens: 990_000, aws_tokens: 985_000 },
    ...{ difference_tokens: -5_000, difference_amount: '-0.0016500000', causes: ['late_records'] },
  }),
  reportRow({
    ...{ kind: 'cache_write', state: 'price_differs', aws_amount: '5.2016415000', causes: ['other_terms'] },
    difference_amount: '1.0403283000',
  }),
  reportRow({
    ...{ day: '2026-11-19', state: 'unmapped', model: 'Claude9Novel', ledger_tokens: 0, ripeness: 'final' },
    ...{ aws_tokens: 12_000, difference_tokens: 12_000, log_tokens: null },
  }),
  reportRow({
    ...{ day: '2026-11-18', state: 'no_bill', aws_tokens: null, aws_amount: null, difference_tokens: null },
    ...{ difference_amount: null, aws_rate: null },
  }),
];

export function createMockReconciliation() {
  const imports = [
    importRow(3, { kind: 'cur', name: 'bedrock-00001.csv.gz', rows: 5_204, kept: 412, proposals: 0 }),
    importRow(2, {}),
    importRow(1, { name: 'older.json.gz', proposals: 0, posted: 1, sha256: HASH.replace('9f', '1a') }),
  ];
  const proposals = [
    proposalRow(4, { kind: 'reversal', amount: '-0.0051513000', by_aws: '0.0000000000' }),
    proposalRow(3, {}),
    proposalRow(2, { state: 'superseded' }),
    proposalRow(1, { state: 'posted', posted_by: 'key:1', posted_at: '2026-11-23T10:00:00.000Z' }),
  ];

  function list<Row>(rows: readonly Row[]) {
    return { items: rows, total: String(rows.length), limit: 20, offset: 0 };
  }

  function report({ query }: Asked): Report {
    const [from, to] = [query.get('from') ?? DAY, query.get('to') ?? DAY];
    if (from > to) throw new Refusal(400, 'REPORT_RANGE_INVALID', 'from: must not be behind to', 'from');
    return {
      from,
      to,
      exchanges: {
        ...{ equal: 1_187, tokens_differ: 2, ledger_only: 1, error: 4, not_covered: 0 },
        ...{ log_only_ours: 0, log_only_others: 12 },
      },
      request_ids: { compared: 1_000, agree: 400, are_used: false },
      rows: from === '2020-01-01' ? [] : ROWS,
      money: {
        ...{ ledger: '24.5789921000', aws: '27.8512342000', aws_net: '25.6231354640' },
        other_callers: '3.1201000000',
        not_tokens: [{ name: 'USE1-Guardrail-ContentPolicyUnitsConsumed', amount: '0.4500000000' }],
        unclassified: [{ name: 'USE1-MP:USE1_Cohere_Embed_V4-Units', amount: '0.0210000000' }],
        money_only: [
          { name: 'EdpDiscount', amount: '-2.2280987360' },
          { name: 'Tax', amount: '0.0921000000' },
        ],
      },
      currencies: ['USD'],
      callers: ['arn:aws:sts::111122223333:assumed-role/GatewayBedrock'],
    };
  }

  function post({ body }: Asked): PostAnswer {
    const chosen = proposals.filter(
      ({ id, state }) => state === 'proposed' && (body.ids as number[]).includes(id),
    );
    for (const proposal of chosen) proposal.state = 'posted';
    const amount = chosen.reduce((sum, one) => sum + Number(one.amount), 0);
    return { posted: chosen.length, amount: amount.toFixed(10) };
  }

  function take({ query }: Asked): ImportAnswer {
    const name = query.get('name') ?? '';
    if (name.startsWith('cut'))
      throw new Refusal(
        400,
        'IMPORT_UNREADABLE',
        'nothing was imported: the gzip file is damaged or cut off',
      );
    const kind = query.get('kind') === 'cur' ? 'cur' : 'invocation-log';
    const row = importRow(imports.length + 1, { kind, name, proposals: 0 });
    imports.unshift(row);
    return { import: row, is_known: false };
  }

  return {
    'GET /admin/reconciliation/list': () => list(imports),
    'GET /admin/reconciliation/report': report,
    'GET /admin/reconciliation/proposal/list': () => list(proposals),
    'POST /admin/reconciliation/post': post,
    'POST /admin/reconciliation/import': take,
    'POST /admin/reconciliation/delete': ({ body }: Asked) => {
      imports.splice(
        imports.findIndex(({ id }) => id === body.id),
        1,
      );
      return null;
    },
  };
}
