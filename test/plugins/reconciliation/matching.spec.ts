// Who is meant, what it should have cost, whether it agrees: the pure part of the comparison.
import fc from 'fast-check';
import t from 'tap';
import { formatMoney } from '../../../src/lib/money.ts';
import { parseDecimal } from '../../../src/plugins/reconciliation/decimal.ts';
import {
  feeByAws,
  type LedgerExchange,
  proposeCorrection,
} from '../../../src/plugins/reconciliation/matching/correction.ts';
import { createModelNames } from '../../../src/plugins/reconciliation/matching/models.ts';
import { requestIdsAgree } from '../../../src/plugins/reconciliation/matching/request-ids.ts';
import {
  type Bucket,
  causesOf,
  ripenessOf,
  stateOf,
} from '../../../src/plugins/reconciliation/matching/verdict.ts';
import {
  assembleReport,
  type BillTotal,
  type Facts,
  type LedgerTotal,
} from '../../../src/plugins/reconciliation/report/assemble.ts';
import { readWholeBill } from './files.ts';
import { BILL, type CsvRow, csv, ROLE } from './samples.ts';

const SONNET = 'anthropic.claude-sonnet-4-6';
const model = (target: string, baseId: string, displayName: string) => ({
  name: target,
  target,
  baseId,
  displayName,
});
const PROFILE = 'arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/a1b2c3';
const names = createModelNames([
  model(`us.${SONNET}`, SONNET, 'Claude Sonnet 4.6'),
  model(`global.${SONNET}`, SONNET, 'Claude Sonnet 4.6'),
  model(PROFILE, SONNET, 'Our Sonnet'),
  model('anthropic.claude-opus-4-6', 'anthropic.claude-opus-4-6', 'Claude Opus 4.6'),
  model('anthropic.claude-3-5-sonnet-v1:0', 'anthropic.claude-3-5-sonnet-v1:0', 'Claude 3.5 Sonnet'),
  model('anthropic.claude-3-5-sonnet-v2:0', 'anthropic.claude-3-5-sonnet-v2:0', 'Claude 3.5 Sonnet'),
  model('anthropic.claude-haiku-4-5-v1:0', 'anthropic.claude-haiku-4-5-v1:0', 'Claude Haiku 4.5'),
  model('amazon.nova-2-lite-v1:0', 'amazon.nova-2-lite-v1:0', 'Nova 2 Lite'),
]);

t.test(
  'a model is known by its id, its profiles, and the names of the bill, and never by half of one',
  async (t) => {
    const arn = (rest: string) => `arn:aws:bedrock:us-east-1:111122223333:${rest}`;
    const targets: Record<string, string | undefined> = {
      [SONNET]: SONNET,
      [`us.${SONNET}`]: SONNET,
      [`apac.${SONNET}`]: SONNET,
      [arn(`inference-profile/us.${SONNET}`)]: SONNET,
      [`arn:aws:bedrock:us-east-1::foundation-model/${SONNET}`]: SONNET,
      [PROFILE]: SONNET,
      [PROFILE.replace('a1b2c3', 'other')]: undefined,
      'anthropic.claude-sonnet-4': undefined,
      '': undefined,
    };
    for (const [target, expected] of Object.entries(targets))
      t.equal(names.ofTarget(target), expected, target);
    const billed: Record<string, string | undefined> = {
      'Claude4.6Sonnet': SONNET,
      'Claude Sonnet 4.6': SONNET,
      'Claude 4.6 Sonnet': SONNET,
      [`us.${SONNET}`]: SONNET,
      'Claude4.6Opus': 'anthropic.claude-opus-4-6',
      'Nova2.0Lite': 'amazon.nova-2-lite-v1:0',
      'Claude4.7Opus': undefined,
      Claude4Sonnet: undefined,
      'Claude3.5Sonnet': undefined,
      '': undefined,
    };
    for (const [name, expected] of Object.entries(billed)) t.equal(names.ofBillingName(name), expected, name);
  },
);

const EXCHANGE: LedgerExchange = {
  exchangeId: 'x',
  ...{ inputTokens: 9, outputTokens: 2, cacheReadTokens: 0, cacheWrite5mTokens: 0, cacheWrite1hTokens: 0 },
  ...{ priceInput: 30_000_000_000n, priceOutput: 150_000_000_000n, priceCacheRead: 3_000_000_000n },
  ...{ priceCacheWrite5m: 37_500_000_000n, priceCacheWrite1h: 60_000_000_000n },
  ...{ images: 0, priceImage: 0n },
  fee: 570_000n,
};
const LOGGED = {
  inputTokens: 9,
  outputTokens: 2,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  cacheWrite1hTokens: null,
};

t.test(
  'equal counts propose nothing, whatever was charged; others cost their price on that request',
  async (t) => {
    t.equal(proposeCorrection(EXCHANGE, LOGGED, 0n), undefined);
    const more = proposeCorrection(EXCHANGE, { ...LOGGED, outputTokens: 102 }, 0n);
    const pictures = { ...EXCHANGE, images: 2, priceImage: 400_000_000n, fee: 800_570_000n };
    t.same(proposeCorrection(pictures, { ...LOGGED, outputTokens: 102 }, 0n)?.amount, 15_000_000n);
    t.same(more, { kind: 'usage_correction', awsAmount: 15_570_000n, amount: 15_000_000n });
    t.match(proposeCorrection(EXCHANGE, { ...LOGGED, outputTokens: 0 }, 0n), { amount: -300_000n });
    const atTheHold = { ...EXCHANGE, inputTokens: 0, outputTokens: 0, fee: 9_000_000n };
    t.match(proposeCorrection(atTheHold, LOGGED, 0n), { awsAmount: 570_000n, amount: -8_430_000n });
  },
);

t.test("the hour's cache writes keep their price where the log does not tell them apart", async (t) => {
  const exchange = { ...EXCHANGE, cacheWrite1hTokens: 100 };
  const fee = (cacheWriteTokens: number, cacheWrite1hTokens: number | null) =>
    feeByAws(exchange, { ...LOGGED, cacheWriteTokens, cacheWrite1hTokens }) - 570_000n;
  t.equal(fee(100, null), 6_000_000n);
  t.equal(fee(120, null), 6_750_000n);
  t.equal(fee(50, null), 3_000_000n);
  t.equal(fee(100, 0), 3_750_000n);
});

t.test('corrections of corrections add up to the last word of the log', async () => {
  const counts = fc.record({
    inputTokens: fc.nat(10 ** 6),
    outputTokens: fc.nat(10 ** 6),
    cacheReadTokens: fc.nat(10 ** 6),
    cacheWriteTokens: fc.nat(10 ** 6),
    cacheWrite1hTokens: fc.constant(null),
  });
  fc.assert(
    fc.property(fc.array(counts, { minLength: 1, maxLength: 6 }), (words) => {
      let corrected = 0n;
      for (const word of words) corrected += proposeCorrection(EXCHANGE, word, corrected)?.amount ?? 0n;
      const last = words.at(-1) ?? LOGGED;
      return (
        EXCHANGE.fee + corrected === feeByAws(EXCHANGE, last) &&
        proposeCorrection(EXCHANGE, last, corrected) === undefined
      );
    }),
  );
});

t.test("AWS's request ids are used until one in a thousand disagrees", async (t) => {
  t.equal(requestIdsAgree({ compared: 0, agree: 0 }), true);
  t.equal(requestIdsAgree({ compared: 1_000, agree: 999 }), true);
  t.equal(requestIdsAgree({ compared: 999, agree: 998 }), false);
});

t.test('a day is provisional for three days, and final two weeks after its month', async (t) => {
  const at = (text: string) => ripenessOf('2026-11-20', new Date(text));
  t.equal(at('2026-11-23T23:59:59Z'), 'provisional');
  t.equal(at('2026-11-24T00:00:00Z'), 'settled');
  t.equal(at('2026-12-15T00:00:00Z'), 'settled');
  t.equal(at('2026-12-15T00:00:01Z'), 'final');
  t.equal(ripenessOf('2026-12-31', new Date('2027-01-15T00:00:01Z')), 'final');
});

const bucket = (changes: Partial<Bucket>): Bucket => ({
  day: '2026-11-20',
  ...{ ledgerTokens: 1_000_000, awsTokens: 1_000_000, isMapped: true, ledgerRate: 33_000_000_000n },
  awsRate: 33_000_000_000n,
  ...changes,
});

t.test(
  'tokens agree within a thousandth or two thousand, and only then is the price looked at',
  async (t) => {
    const state = (changes: Partial<Bucket>) => stateOf(bucket(changes));
    t.equal(state({}), 'agrees');
    t.equal(state({ awsTokens: 1_002_000 }), 'agrees');
    t.equal(state({ awsTokens: 1_002_001 }), 'close');
    t.equal(state({ awsTokens: 990_000 }), 'close');
    t.equal(state({ awsTokens: 989_999 }), 'differs');
    t.equal(state({ ledgerTokens: 10 ** 9, awsTokens: 10 ** 9 + 10 ** 6 }), 'agrees');
    t.equal(state({ awsRate: 33_001_000_000n }), 'agrees');
    t.equal(state({ awsRate: 33_001_000_001n }), 'price_differs');
    t.equal(state({ awsTokens: 900_000, awsRate: 1n }), 'differs');
    t.equal(
      state({ ledgerTokens: 9_999, awsTokens: 9_999, awsRate: 1n }),
      'agrees',
      'too few to derive a price',
    );
    t.equal(state({ awsTokens: null }), 'no_bill');
    t.equal(state({ isMapped: false }), 'unmapped');
  },
);

t.test('a difference comes with what may be behind it', async (t) => {
  const about = {
    ripeness: 'settled' as const,
    ...{
      estimates: 0,
      leftClients: 0,
      lostCalls: 0,
      callersUnknown: false,
      otherCallersTokens: 0,
    },
    ...{ hasLog: true, cachedTokens: 0, hasOtherTerms: false, isMonthly: false },
  };
  const causes = (changes: Partial<Bucket>, more: Partial<Parameters<typeof causesOf>[2]> = {}) => {
    const one = bucket(changes);
    return causesOf(one, stateOf(one), { ...about, ...more });
  };
  t.same(causes({}), []);
  t.same(causes({ awsTokens: 1_000_000_000 }), ['unit']);
  t.same(causes({ awsTokens: 1_000 }), ['unit']);
  t.same(causes({ ledgerTokens: 0 }), ['not_in_ledger']);
  t.same(causes({ awsTokens: 0 }), ['not_in_bill']);
  t.same(causes({ awsTokens: 2_000_000 }, { estimates: 1, lostCalls: 1, otherCallersTokens: 5 }), [
    ...['estimates', 'lost_calls', 'other_callers'],
  ]);
  t.same(causes({ awsTokens: 2_000_000 }, { callersUnknown: true, otherCallersTokens: 5 }), [
    'no_principals',
  ]);
  t.same(causes({ awsTokens: 3_000_000 }, { cachedTokens: 2_000_000 }), ['cache_kinds']);
  t.same(causes({ awsTokens: 500_000 }, { hasLog: false, ripeness: 'provisional' }), [
    'late_records',
    'log_missing',
  ]);
  t.same(causes({ awsTokens: 500_000, day: '2026-11-30' }, { isMonthly: true }), [
    'coarse_bill',
    'month_edge',
  ]);
  t.same(causes({ awsRate: 1n }, { hasOtherTerms: true }), ['other_terms']);
  t.same(causes({ awsRate: 1n }), ['other_price']);
});

const ledger: LedgerTotal = {
  ...{
    day: '2026-11-20',
    baseId: '',
    target: `us.${SONNET}`,
    estimates: 0,
    leftClients: 1,
    fee: '1285200000',
  },
  ...{ input: '1261', output: '2560', cacheRead: '18432', cacheWrite: '18432' },
  // Tokens x 3.3, 16.5, 0.33 and 4.125 USD per million.
  ...{ inputCost: '41613000000000', outputCost: '422400000000000' },
  ...{ cacheReadCost: '60825600000000', cacheWriteCost: '760320000000000' },
};

async function factsOf(t: Parameters<typeof readWholeBill>[0], bill: string, roles = [ROLE]): Promise<Facts> {
  const { sums } = await readWholeBill(t, bill);
  const lines = sums.map(({ quantity, cost, netCost, ...line }): BillTotal => {
    const text = (value: bigint) => `${value}e-18`;
    return {
      ...line,
      quantity: text(quantity),
      cost: text(cost),
      netCost: netCost === null ? null : text(netCost),
    };
  });
  return {
    ...{ ledger: [ledger], bill: lines, billedDays: [{ from: '2026-11-20', to: '2026-11-20' }], roles },
    log: [{ day: '2026-11-20', modelId: `us.${SONNET}`, lostCalls: 0, ...pick(ledger) }],
    exchanges: [{ verdict: 'equal', count: 2 }],
    requestIds: { compared: 2, agree: 2, areUsed: true },
  };
}

function pick({ input, output, cacheRead, cacheWrite }: LedgerTotal) {
  return { input, output, cacheRead, cacheWrite };
}

const context = { names, now: new Date('2026-12-20T00:00:00Z') };
const range = { from: '2026-11-20', to: '2026-11-20' };

t.test('an hour of ledger, log and bill agrees to the token and to the cent', async (t) => {
  const report = assembleReport(range, await factsOf(t, csv(BILL)), context);
  t.match(
    report.rows,
    [
      ['input', 1261, '0.0041613000'],
      ['output', 2560, '0.0422400000'],
      ['cache_read', 18432, '0.0060825600'],
      ['cache_write', 18432, '0.0760320000'],
    ].map(([kind, tokens, amount]) => ({
      ...{ day: '2026-11-20', model: SONNET, kind, state: 'agrees', ripeness: 'final', causes: [] },
      ...{ ledger_tokens: tokens, log_tokens: tokens, aws_tokens: tokens, difference_tokens: 0 },
      ...{ ledger_amount: amount, aws_amount: amount, difference_amount: '0.0000000000' },
    })),
  );
  t.match(report.rows.at(-1), { ledger_rate: '4.1250000000', aws_rate: '4.1250000000' });
  t.match(report.money, {
    ledger: '0.1285200000',
    aws: '0.1285158600',
    aws_net: '0.1182345912',
    other_callers: '0.0123450000',
    money_only: [
      { name: 'EdpDiscount', amount: '-0.0033792000' },
      { name: 'Tax', amount: '0.0009200000' },
    ],
    unclassified: [],
  });
  const ours = report.rows.reduce((sum, row) => sum + (parseDecimal(row.aws_amount ?? '0') ?? 0n), 0n);
  t.equal(formatMoney(ours / 10n ** 8n), '0.1285158600', 'the rows add up to the total');
});

t.test('without callers everything counts as ours, and the report says that it cannot tell', async (t) => {
  const report = assembleReport(range, await factsOf(t, csv(BILL), []), context);
  t.match(report.money, { other_callers: '0.0000000000', aws: '0.1408608600' });
  const haiku = report.rows.find((row) => row.model === 'anthropic.claude-haiku-4-5-v1:0');
  t.match(haiku, {
    ledger_tokens: 0,
    aws_tokens: 12_345,
    state: 'differs',
    causes: ['not_in_ledger', 'no_principals'],
  });
});

t.test('a line without a unit is read by its price; one that neither tells keeps its cost', async (t) => {
  const rows = BILL.slice(0, 6).map((row): CsvRow => ({ ...row, pricing_unit: 'Units' }));
  const told = assembleReport(range, await factsOf(t, csv(rows)), context);
  t.ok(told.rows.every(({ state, difference_tokens }) => state === 'agrees' && difference_tokens === 0));
  const dear = rows.map((row) => ({ ...row, line_item_unblended_cost: `${row.line_item_unblended_cost}e1` }));
  const untold = assembleReport(range, await factsOf(t, csv(dear)), context);
  t.equal(untold.money.unclassified.length, 4);
  t.ok(untold.rows.every(({ aws_tokens }) => aws_tokens === 0));
});

t.test("a model that no name of the catalogue answers to is shown under AWS's own", async (t) => {
  const rows = BILL.slice(0, 1).map((row) => ({
    ...row,
    line_item_resource_id: PROFILE.replace('a1b2c3', 'unknown'),
    line_item_usage_type: 'USE1-Claude9Novel-input-tokens',
    product: '{}',
  }));
  const { rows: found } = assembleReport(range, await factsOf(t, csv(rows)), context);
  t.match(
    found.find(({ state }) => state === 'unmapped'),
    { model: PROFILE.replace('a1b2c3', 'unknown'), aws_tokens: 1204, causes: [] },
  );
});
