// A receipt adds up, whatever was used, at whatever price, however it was corrected.
import fc from 'fast-check';
import t from 'tap';
import { parseMoney, roundExact } from '../../../../src/lib/money.ts';
import { chargeFor } from '../../../../src/plugins/billing/charge.ts';
import type { Price } from '../../../../src/plugins/billing/price.ts';
import { receiptOf } from '../../../../src/plugins/billing/receipts/receipt.ts';
import type { Bill } from '../../../../src/plugins/billing/receipts/repository.ts';
import { toOwnReceipt, toReceipt } from '../../../../src/plugins/billing/receipts/rows.ts';

const amount = fc.bigInt({ min: 0n, max: 10n ** 13n });
const tokens = fc.integer({ min: 0, max: 2_000_000 });
const usages = fc.record({
  inputTokens: tokens,
  outputTokens: tokens,
  cacheReadTokens: tokens,
  cacheWrite5mTokens: tokens,
  cacheWrite1hTokens: tokens,
  images: fc.integer({ min: 0, max: 10 }),
});
const band = fc.record({
  input: amount,
  output: amount,
  cacheRead: fc.option(amount),
  cacheWrite5m: fc.option(amount),
  cacheWrite1h: fc.option(amount),
  image: fc.option(amount),
  embedding: fc.option(amount),
});
const prices = fc.tuple(band, band, fc.integer({ min: 1, max: 4_000_000 })).map(
  ([low, high, overInputTokens]): Price => [
    { ...low, overInputTokens: 0 },
    { ...high, overInputTokens },
  ],
);
const change = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n });
const corrections = fc.array(fc.tuple(change, change), { maxLength: 4 });

const bills = fc
  .record({
    price: prices,
    usage: usages,
    isAbsurd: fc.boolean(),
    holdAmount: amount,
    quotaShare: fc.integer({ min: 0, max: 100 }),
    corrections,
  })
  .map(({ price, usage, isAbsurd, holdAmount, quotaShare, corrections: changes }): Bill => {
    const basis = isAbsurd
      ? { kind: 'absurd' as const }
      : { kind: 'reported' as const, usage, isDrained: false };
    const charge = chargeFor(basis, {
      ...{ price, holdAmount, contextTokens: 1_000_000 },
      ...{ kind: 'image', images: 10 },
    });
    return billOf({ charge, holdAmount, quotaPart: (charge.fee * BigInt(quotaShare)) / 100n, changes });
  });

t.test('lines sum to the fee, parts to the net fee, and charge and release to the hold', async () => {
  fc.assert(
    fc.property(bills, (bill) => {
      const receipt = receiptOf(bill);
      const { fee, holdAmount } = bill.exchange;
      const pictures = receipt.images?.amount ?? 0n;
      const lines = receipt.lines.reduce((sum, line) => sum + line.amount, pictures);
      const corrected = receipt.corrections.reduce((sum, entry) => sum + entry.amount, 0n);
      return (
        roundExact(receipt.exactTotal) === fee &&
        (receipt.chargedAtHold === null ? lines === receipt.exactTotal : receipt.chargedAtHold === fee) &&
        receipt.netFee === fee + corrected &&
        receipt.netFee === receipt.netParts.quota + receipt.netParts.balance &&
        holdAmount === fee + receipt.hold.released - receipt.hold.excess
      );
    }),
  );
});

t.test('the same holds for the figures that people read', async () => {
  fc.assert(
    fc.property(bills, (bill) => {
      const receipt = toReceipt(bill);
      const sum = (texts: readonly string[]) => texts.reduce((total, text) => total + exact(text), 0n);
      const others = [receipt.images?.amount ?? '0', receipt.charged_at_hold ?? '0'];
      const lines = sum(receipt.lines.map((line) => line.amount)) + sum(others);
      return (
        lines === exact(receipt.lines_total) &&
        lines + exact(receipt.rounding) === exact(receipt.fee) &&
        exact(receipt.fee) === sum([receipt.quota_part, receipt.balance_part]) &&
        exact(receipt.correction) === sum(receipt.corrections.map((entry) => entry.amount)) &&
        exact(receipt.net_fee) === sum([receipt.fee, receipt.correction]) &&
        exact(receipt.net_fee) === sum([receipt.net_quota_part, receipt.net_balance_part])
      );
    }),
  );
});

t.test('the cache saving is the difference to the same tokens as fresh input', async () => {
  fc.assert(
    fc.property(bills, (bill) => {
      const { exchange } = bill;
      const fresh =
        BigInt(exchange.cacheReadTokens + exchange.cacheWrite5mTokens + exchange.cacheWrite1hTokens) *
        exchange.priceInput;
      const cached = receiptOf(bill)
        .lines.filter(({ kind }) => kind.startsWith('cache'))
        .reduce((sum, line) => sum + line.amount, 0n);
      return receiptOf(bill).cacheSaving === fresh - cached;
    }),
  );
});

t.test('a key reads no account id in its receipt; an administrator does', async (t) => {
  const target = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/x';
  const price: Price = [
    {
      overInputTokens: 0,
      input: 1n,
      output: 1n,
      cacheRead: null,
      cacheWrite5m: null,
      cacheWrite1h: null,
      image: null,
      embedding: null,
    },
  ];
  const charge = chargeFor(
    { kind: 'none' },
    { price, kind: 'chat', holdAmount: 0n, contextTokens: 1_000, images: 0 },
  );
  const bill = billOf({ charge, holdAmount: 0n, quotaPart: 0n, changes: [] });
  const attempt = { target, region: 'us-east-1', outcome: 'answered', upstreamRequestId: null, latencyMs: 1 };
  const exchange = { ...bill.exchange, target, attempts: [attempt] };
  const own = toOwnReceipt({ ...bill, exchange });
  t.notMatch(JSON.stringify(own), /123456789012/);
  t.match(own, { target: 'inference-profile/x', attempts: [{ target: 'inference-profile/x' }] });
  t.match(toReceipt({ ...bill, exchange }), { target, attempts: [{ target }] });
});

/** A decimal text in units of 10^-16. */
function exact(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole.replace('-', '') + fraction.padEnd(16, '0')) * (text.startsWith('-') ? -1n : 1n);
}

t.equal(exact('-1.5'), -15n * 10n ** 15n);
t.equal(parseMoney('1.5'), exact('1.5') / 1_000_000n);

function billOf(facts: {
  charge: ReturnType<typeof chargeFor>;
  holdAmount: bigint;
  quotaPart: bigint;
  changes: readonly [quota: bigint, balance: bigint][];
}): Bill {
  const { charge, holdAmount, quotaPart, changes } = facts;
  const { price, usage } = charge;
  const at = new Date(0);
  return {
    exchange: {
      id: 1,
      exchangeId: 'x',
      requestId: 'r',
      keyId: 1,
      groupId: null,
      day: '2026-01-31',
      model: 'm',
      target: 't',
      region: 'us-east-1',
      baseId: 'b',
      priceScope: 'global',
      serviceTier: 'standard',
      contextTokens: 1_000_000,
      attempts: [],
      isStreamed: false,
      status: 'ok',
      usageSource: charge.usageSource,
      isQuarantined: charge.isQuarantined,
      kind: 'image',
      images: 0,
      ...usage,
      priceImage: price.image,
      priceInput: price.input,
      priceOutput: price.output,
      priceCacheRead: price.cacheRead,
      priceCacheWrite5m: price.cacheWrite5m,
      priceCacheWrite1h: price.cacheWrite1h,
      fee: charge.fee,
      quotaPart,
      correction: changes.reduce((sum, [quota, balance]) => sum + quota + balance, 0n),
      holdAmount,
      firstByteMs: null,
      latencyMs: null,
      startedAt: at,
      endedAt: at,
    },
    corrections: changes.map(([quota, balance], index) => ({
      id: index,
      kind: index % 2 === 0 ? 'refund' : 'adjustment',
      quotaChange: quota,
      balanceChange: -balance,
      reason: '',
      actor: 'bootstrap',
      requestId: 'r',
      createdAt: at,
    })),
  };
}
