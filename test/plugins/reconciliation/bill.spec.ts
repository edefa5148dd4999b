// Cost and Usage Reports: units, spellings, which rows are Bedrock's, and files that cannot be trusted.
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import t from 'tap';
import { normaliseColumn } from '../../../src/plugins/reconciliation/bill/columns.ts';
import { createBillGatherer } from '../../../src/plugins/reconciliation/bill/gather.ts';
import { likelyScale, statedScale } from '../../../src/plugins/reconciliation/bill/units.ts';
import { parseUsageType, type UsageType } from '../../../src/plugins/reconciliation/bill/usage-type.ts';
import {
  formatDecimal,
  parseDecimal,
  ratePerMillion,
  toMoney,
  toTokens,
} from '../../../src/plugins/reconciliation/decimal.ts';
import { readWholeBill } from './files.ts';
import { PARQUET } from './parquet.ts';
import { BILL, billRow, COLUMNS, csv, FOREIGN, legacyName, ROLE } from './samples.ts';

t.test('the usage types that public bills show are understood, and no others', async (t) => {
  const plain = {
    ...{ isGlobal: false, isLongContext: false, isHourCache: false, isMantle: false },
    tier: 'standard' as const,
  };
  const vectors: Record<string, Partial<UsageType>> = {
    'USE1-Claude4.6Sonnet-input-tokens': { model: 'Claude4.6Sonnet', kind: 'input', ...plain },
    'USE1-Claude4.6Sonnet-output-tokens': { model: 'Claude4.6Sonnet', kind: 'output', ...plain },
    'USE1-Claude4.6Opus-cache-read-input-token-count-cross-region-global': {
      ...{ model: 'Claude4.6Opus', kind: 'cache_read', ...plain },
      isGlobal: true,
    },
    'USE1-Claude4.6Sonnet-cache-write-input-token-count': { kind: 'cache_write', ...plain },
    'USE1-Nova2.0Lite-input-tokens-flex': { model: 'Nova2.0Lite', kind: 'input', ...plain, tier: 'flex' },
    'USE1-gpt-oss-120b-output-tokens-priority': {
      ...{ model: 'gpt-oss-120b', kind: 'output', ...plain },
      tier: 'priority',
    },
    'USW2-anthropic.claude-opus-4-8-mantle-cache-write-tokens-global-standard': {
      ...{ model: 'anthropic.claude-opus-4-8', kind: 'cache_write', ...plain },
      ...{ isGlobal: true, isMantle: true },
    },
    'USE1-output-tokens-cross-region-global': { model: null, kind: 'output', ...plain, isGlobal: true },
    'USW2-MP:USW2_InputTokenCount_LCtx_Global-Units': {
      ...{ model: null, kind: 'input', ...plain },
      ...{ isGlobal: true, isLongContext: true },
    },
    'USW2-MP:USW2_InputTokenCount_Global_Batch-Units': {
      ...{ model: null, kind: 'input', ...plain },
      ...{ isGlobal: true, tier: 'batch' },
    },
    'USE1-MP:USE1_CacheReadInputTokenCount-Units': { model: null, kind: 'cache_read', ...plain },
    'USE1-MP:USE1_CacheWrite1hInputTokenCount_Geo-Units': {
      kind: 'cache_write',
      ...plain,
      isHourCache: true,
    },
    'USE1-MP:USE1_cache_write_tokens_1h_global_standard-Units': {
      ...{ kind: 'cache_write', ...plain },
      ...{ isGlobal: true, isHourCache: true },
    },
    'USE1-MP:USE1_input_tokens_long_ctx_standard-Units': { kind: 'input', ...plain, isLongContext: true },
    'USE1-MP:USE1_Reserved_1Month_InputTPM_Geo-Units': { kind: 'other' },
    'USE1-Guardrail-AutomatedReasoningPolicyUnitsConsumed': { kind: 'other' },
    'USE1-MP:USE1_Cohere_Embed_V4-Units': { kind: 'unknown' },
    'USE1-NovaCanvas-input-image-token-count': { kind: 'unknown' },
    '': { kind: 'unknown', model: null, regionCode: '' },
  };
  for (const [text, expected] of Object.entries(vectors)) t.match(parseUsageType(text), expected, text);
});

t.test('decimals are exact: read, written, in every notation', async (t) => {
  t.equal(formatDecimal(parseDecimal('-0.0033792') ?? 0n), '-0.003379200000000000');
  t.equal(parseDecimal('1.204E-5'), parseDecimal('0.00001204'));
  t.equal(parseDecimal('.5'), parseDecimal('0.50'));
  for (const text of ['', '-', '1,5', 'NaN', 'Infinity', '0x1', '1e999', '9'.repeat(30)])
    t.equal(parseDecimal(text), undefined, text);
  t.equal(toMoney(parseDecimal('0.00000000005') ?? 0n), 1n);
  t.equal(toMoney(parseDecimal('-0.00000000005') ?? 0n), -1n);
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n }),
      (value) => parseDecimal(formatDecimal(value)) === value,
    ),
  );
});

t.test('so many tokens at so much a million cost the same in tokens, thousands and millions', async () => {
  const units = { tokens: 1, '1K tokens': 1_000, '1M tokens': 1_000_000 } as const;
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10 ** 12 }),
      fc.bigInt({ min: 1n, max: 10n ** 12n }),
      fc.constantFrom(...(Object.keys(units) as (keyof typeof units)[])),
      (tokens, rate, unit) => {
        const places = { tokens: 0, '1K tokens': 3, '1M tokens': 6 }[unit];
        const digits = String(tokens).padStart(places + 1, '0');
        const text = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
        const quantity = parseDecimal(text) ?? 0n;
        // 10^-18 USD, exactly.
        const cost = (BigInt(tokens) * rate * 10n ** 8n) / 1_000_000n;
        const scale = statedScale(unit) ?? 1;
        return (
          toTokens(quantity, scale) === tokens &&
          scale === units[unit] &&
          // What the column does not say, the price tells.
          (cost < 10n ** 10n || likelyScale(quantity, cost, ratePerMillion(cost, tokens)) === scale)
        );
      },
    ),
  );
});

t.test('a unit that neither column nor price tells stays unknown', async (t) => {
  for (const unit of ['Units', '', 'Hrs', 'tokens/hour', '1K images'])
    t.equal(statedScale(unit), undefined, unit);
  t.equal(statedScale('1K Input Tokens'), 1_000);
  t.equal(likelyScale(10n ** 18n, 10n ** 18n, undefined), undefined);
  t.equal(likelyScale(10n ** 18n, 10n ** 18n, 7n * 10n ** 10n), undefined, 'no scale comes near the price');
  t.equal(likelyScale(0n, 10n ** 18n, 10n ** 10n), undefined);
});

/** By usage type: tokens and cost. */
function totals(sums: readonly { usageType: string; quantity: bigint; cost: bigint; unit: string }[]) {
  const all: Record<string, [tokens: number, cost: string]> = {};
  for (const { usageType, quantity, cost, unit } of sums)
    all[usageType] = [toTokens(quantity, statedScale(unit) ?? 1), formatDecimal(cost)];
  return all;
}

const EXPECTED = {
  'USE1-Claude4.6Sonnet-input-tokens': [1261, '0.004161300000000000'],
  'USE1-Claude4.6Sonnet-output-tokens': [2560, '0.042240000000000000'],
  'USE1-Claude4.6Sonnet-cache-read-input-token-count': [18432, '0.006082560000000000'],
  'USE1-Claude4.6Sonnet-cache-write-input-token-count': [18432, '0.076032000000000000'],
};

t.test(
  'a report becomes sums per day; other services are left out, discounts and taxes of Bedrock are not',
  async (t) => {
    const { counts, sums } = await readWholeBill(t, csv([...FOREIGN, ...BILL]));
    t.match(totals(sums), EXPECTED);
    t.match(counts, {
      rows: 11,
      kept: 9,
      branches: { family: 6, marketplace: 1, money: 2 },
      periods: ['2026-11'],
      payers: ['111122223333'],
      currencies: ['USD'],
      granularities: ['hourly'],
      mixedUnits: [],
      hasPrincipals: true,
      from: '2026-11-20',
      to: '2026-11-20',
    });
    t.equal(sums.length, 7, 'hours and operations are added up');
    t.same(
      sums
        .filter(({ branch }) => branch === 'money')
        .map(({ lineType, cost }) => [lineType, formatDecimal(cost)]),
      [
        ['EdpDiscount', '-0.003379200000000000'],
        ['Tax', '0.000920000000000000'],
      ],
    );
    const ours = sums.find(({ usageType }) => usageType === 'USE1-Claude4.6Sonnet-output-tokens');
    t.match(ours, {
      principal: ROLE,
      modelHint: 'us.anthropic.claude-sonnet-4-6',
      day: '2026-11-20',
      rows: 2,
    });
    t.equal(formatDecimal(ours?.netCost ?? 0n), '0.038860800000000000');
  },
);

t.test('the same bill in tokens, thousands and millions is the same bill', async (t) => {
  for (const [unit, shift] of [
    ['tokens', 'e3'],
    ['1M tokens', 'e-3'],
  ] as const) {
    const rows = BILL.slice(0, 6).map((row) => ({
      ...row,
      pricing_unit: unit,
      line_item_usage_amount: `${row.line_item_usage_amount}${shift}`,
    }));
    t.match(totals((await readWholeBill(t, csv(rows))).sums), EXPECTED);
  }
});

t.test(
  "the older report's spelling, gzip, a byte order mark and times without milliseconds change nothing",
  async (t) => {
    const legacy = csv(BILL).replace(COLUMNS.join(','), COLUMNS.map(legacyName).join(','));
    const variants = [
      gzipSync(csv(BILL)),
      legacy,
      `\uFEFF${csv(BILL)}`,
      csv(BILL).replaceAll('.000Z', 'Z'),
      csv(BILL).replaceAll(/T(\d\d:\d\d:\d\d)\.000Z/g, ' $1.000'),
      csv(BILL).replaceAll('\n', '\r\n'),
    ];
    for (const content of variants) {
      const { sums } = await readWholeBill(t, content, typeof content === 'string' ? 'plain' : 'gzip');
      t.match(totals(sums), EXPECTED);
      t.ok(sums.every(({ day }) => day.startsWith('2026-11-')));
    }
    t.equal(normaliseColumn('lineItem/UsageStartDate'), 'line_item_usage_start_date');
    t.equal(normaliseColumn('bill/PayerAccountId'), 'bill_payer_account_id');
  },
);

t.test(
  'a report without callers, one by the day, and one without net costs are read for what they say',
  async (t) => {
    const without = (names: string[]) => COLUMNS.filter((name) => !names.includes(name));
    const bare = without([
      'line_item_iam_principal',
      'line_item_net_unblended_cost',
      'line_item_resource_id',
    ]);
    const daily = BILL.slice(0, 6).map((row) => ({
      ...row,
      line_item_usage_start_date: '2026-11-20T00:00:00Z',
      line_item_usage_end_date: '2026-11-21T00:00:00Z',
    }));
    const { counts, sums } = await readWholeBill(t, csv(daily, bare));
    t.match(totals(sums), EXPECTED);
    t.match(counts, { granularities: ['daily'], hasPrincipals: false });
    t.ok(sums.every(({ netCost, modelHint }) => netCost === null && modelHint === 'Claude Sonnet 4.6'));
  },
);

t.test('a usage type nobody knows is kept with its cost; one in two units is named', async (t) => {
  const row = (unit: string) =>
    billRow({
      line_item_usage_type: 'USE1-Something-new',
      line_item_usage_amount: '1',
      line_item_unblended_cost: '3.5',
      pricing_unit: unit,
    });
  const { sums, counts } = await readWholeBill(t, csv([row('Units'), row('1M tokens')]));
  t.equal(sums.length, 2);
  t.same(counts.mixedUnits, ['USE1-Something-new']);
});

t.test('a report that is cut off, another one or unreadable is refused whole, with the reason', async (t) => {
  const bad = (changes: Record<string, string>) => csv([{ ...BILL[0], ...changes }]);
  const refusals: [content: string | Uint8Array, reason: RegExp, format?: 'gzip' | 'parquet'][] = [
    [gzipSync(csv(BILL)).subarray(0, -8), /damaged or cut off/, 'gzip'],
    [csv(BILL).slice(0, -30), /cut off/],
    [csv(BILL).slice(0, csv(BILL).lastIndexOf('"{}"') - 40), /cut off/],
    ['BilledCost,EffectiveCost,ChargePeriodStart\n1,1,2026-11-20\n', /FOCUS/],
    ['a,b\n1,2\n', /no column line_item_line_item_type/],
    ['', /empty/],
    [csv(FOREIGN), /no row of the report is about Amazon Bedrock/],
    [bad({ line_item_usage_amount: 'many' }), /row 1: line_item_usage_amount is no amount: many/],
    [bad({ line_item_unblended_cost: '1,5' }), /row 1: line_item_unblended_cost is no amount/],
    [bad({ line_item_usage_start_date: 'noon' }), /row 1: line_item_usage_start_date is no time/],
    [
      csv([BILL[0] ?? {}, billRow({ ...BILL[1], line_item_currency_code: 'EUR' })]),
      /several currencies: EUR, USD/,
    ],
    ['PAR1 but nothing else', /Parquet file is damaged/, 'parquet'],
  ];
  for (const [content, reason, format] of refusals)
    await t.rejects(readWholeBill(t, content, format), { code: 'IMPORT_UNREADABLE', message: reason });
});

t.test('a Parquet report says the same; amounts in scientific notation too', async (t) => {
  const { sums, counts } = await readWholeBill(t, PARQUET, 'parquet');
  t.same(totals(sums), {
    'USE1-Claude4.6Sonnet-input-tokens': [1204, '0.003973200000000000'],
    'USE1-Claude4.6Sonnet-output-tokens': [512, '0.008448000000000000'],
    'USE1-Claude4.6Sonnet-cache-read-input-token-count': [18432, '0.006082560000000000'],
    'USE1-Claude4.6Sonnet-cache-write-input-token-count': [0, '0.000000050738000000'],
  });
  t.match(counts, { rows: 4, kept: 4, from: '2026-11-20', granularities: ['hourly'], hasPrincipals: false });
  for (const length of [PARQUET.length - 1, PARQUET.length - 700, 40])
    await t.rejects(readWholeBill(t, PARQUET.subarray(0, length), 'parquet'), { code: 'IMPORT_UNREADABLE' });
});

t.test('the sums do not depend on where they were handed on', async () => {
  const line = { ...facts(), quantity: 1n, cost: 2n, netCost: null };
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 12 }),
      (days, size) => {
        const gatherer = createBillGatherer(size);
        const total = new Map<string, bigint>();
        const take = (sums: { bucket: string; quantity: bigint }[]) => {
          for (const sum of sums) total.set(sum.bucket, (total.get(sum.bucket) ?? 0n) + sum.quantity);
        };
        for (const day of days) take(gatherer.add({ ...line, day: `2026-11-0${day}` }));
        take(gatherer.end().sums);
        const expected = new Set(days).size;
        return (
          total.size === expected && [...total.values()].reduce((a, b) => a + b, 0n) === BigInt(days.length)
        );
      },
    ),
  );
});

function facts() {
  return {
    branch: 'family' as const,
    ...{
      period: '2026-11',
      payer: '1',
      account: '1',
      day: '',
      granularity: 'hourly' as const,
      region: 'us-east-1',
    },
    ...{
      lineType: 'Usage',
      productCode: 'AmazonBedrock',
      usageType: 'x',
      principal: '',
      modelHint: '',
      unit: '',
    },
    currency: 'USD',
  };
}

t.test('a large report is read in bounded memory', async (t) => {
  const rows = Number(process.env.RECONCILIATION_ROWS ?? 100_000);
  const [header = '', ...lines] = csv(BILL.slice(0, 6)).trimEnd().split('\n');
  const block = Buffer.from(`${Array.from({ length: 500 }, () => lines.join('\n')).join('\n')}\n`);
  const { readBill } = await import('../../../src/plugins/reconciliation/read-bill.ts');
  const { temporaryFolder } = await import('../../helpers/temporary-folder.ts');
  const { createWriteStream } = await import('node:fs');
  const { Readable } = await import('node:stream');
  const { pipeline } = await import('node:stream/promises');
  const { createGzip } = await import('node:zlib');
  const path = `${temporaryFolder(t)}/large.csv.gz`;
  const blocks = Math.ceil(rows / 3_000);
  function* content() {
    yield Buffer.from(`${header}\n`);
    for (let at = 0; at < blocks; at += 1) yield block;
  }
  await pipeline(Readable.from(content()), createGzip({ level: 1 }), createWriteStream(path));
  const before = process.memoryUsage().heapUsed;
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().heapUsed);
  }, 20);
  const startedAt = Date.now();
  const counts = await readBill({ path, format: 'gzip' }, async () => undefined);
  clearInterval(watch);
  t.equal(counts.kept, blocks * 3_000);
  const grownMiB = (most - before) / 1024 / 1024;
  t.comment(
    `${counts.rows} rows, ${Date.now() - startedAt} ms, heap grew by ${Math.round(grownMiB)} MiB at the most`,
  );
  t.ok(grownMiB < 200, `${grownMiB} MiB`);
});
