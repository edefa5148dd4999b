import fc from 'fast-check';
import t from 'tap';
import { chargeFor } from '../../../src/plugins/billing/charge.ts';
import { decodePrice, encodePrice } from '../../../src/plugins/billing/hold-facts.ts';
import {
  affordableOutputTokens,
  bandFor,
  type Price,
  priceUsage,
  worstCase,
} from '../../../src/plugins/billing/price.ts';

const amount = fc.bigInt({ min: 0n, max: 10n ** 13n });
const tokens = fc.integer({ min: 0, max: 1_000_000 });
const prices = fc
  .record({
    input: amount,
    output: amount,
    cacheRead: fc.option(amount),
    cacheWrite5m: fc.option(amount),
    cacheWrite1h: fc.option(amount),
    over: fc.integer({ min: 1, max: 300_000 }),
    factor: fc.bigInt({ min: 1n, max: 5n }),
  })
  .map(({ over, factor, ...band }): Price => {
    const times = (value: bigint | null) => (value === null ? null : value * factor);
    return [
      { ...band, overInputTokens: 0 },
      {
        overInputTokens: over,
        input: band.input * factor,
        output: band.output * factor,
        cacheRead: times(band.cacheRead),
        cacheWrite5m: times(band.cacheWrite5m),
        cacheWrite1h: times(band.cacheWrite1h),
      },
    ];
  });

t.test('the worst case covers every use within its bounds, however the input is cached', async () => {
  fc.assert(
    fc.property(
      prices,
      tokens,
      tokens,
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }),
      (price, input, output, shares) => {
        let left = input;
        const [a = 0, b = 0, c = 0] = shares.map((share) => {
          const part = Math.floor(left * share);
          left -= part;
          return part;
        });
        const usage = {
          inputTokens: left,
          outputTokens: output,
          cacheReadTokens: a,
          cacheWrite5mTokens: b,
          cacheWrite1hTokens: c,
        };
        return priceUsage(usage, price).fee <= worstCase(price, input, output);
      },
    ),
  );
});

t.test(
  'what is said to be affordable is: with it the request fits, with a token more it need not',
  async () => {
    fc.assert(
      fc.property(prices, tokens, fc.bigInt({ min: 0n, max: 10n ** 15n }), (price, input, available) => {
        const affordable = affordableOutputTokens(price, input, available);
        // Each of two rounded sums may be half a unit off.
        return affordable === 0 || worstCase(price, input, Math.min(affordable, 2 ** 40)) <= available + 1n;
      }),
    );
  },
);

t.test('a band starts above its threshold, not at it, and prices the whole request', async (t) => {
  const price: Price = [
    { overInputTokens: 0, input: 1n, output: 2n, cacheRead: null, cacheWrite5m: null, cacheWrite1h: null },
    { overInputTokens: 100, input: 5n, output: 10n, cacheRead: 3n, cacheWrite5m: null, cacheWrite1h: null },
  ];
  t.equal(bandFor(price, 100).input, 1n);
  t.equal(bandFor(price, 101).input, 5n);
  t.equal(bandFor(price, 101).cacheRead, 3n);
  t.equal(bandFor(price, 101).cacheWrite1h, 5n, 'a kind without a price of its own costs the input price');
});

t.test('a price survives the trip through a hold', async () => {
  fc.assert(
    fc.property(
      prices,
      (price) =>
        JSON.stringify(encodePrice(decodePrice(encodePrice(price)))) === JSON.stringify(encodePrice(price)),
    ),
  );
});

t.test('a report of more than ten contexts is charged at the hold', async (t) => {
  const price: Price = [
    {
      overInputTokens: 0,
      input: 10n ** 10n,
      output: 0n,
      cacheRead: null,
      cacheWrite5m: null,
      cacheWrite1h: null,
    },
  ];
  const usage = {
    inputTokens: 10_001,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
  };
  const terms = { price, holdAmount: 77n, contextTokens: 1000 };
  t.match(chargeFor({ kind: 'reported', usage, isDrained: false }, terms), { fee: 77n, isQuarantined: true });
  t.match(
    chargeFor({ kind: 'reported', usage: { ...usage, inputTokens: 10_000 }, isDrained: false }, terms),
    { fee: 100_000_000n, isQuarantined: false },
  );
});
