import fc from 'fast-check';
import t from 'tap';
import { NO_USAGE } from '../../../src/canonical/usage.ts';
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
    image: fc.option(amount),
    embedding: fc.option(amount),
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
        image: times(band.image),
        embedding: times(band.embedding),
      },
    ];
  });
const kinds = fc.constantFrom('chat' as const, 'embedding' as const, 'image' as const);
const pictures = fc.integer({ min: 0, max: 10 });

t.test('the worst case covers every use within its bounds, however the input is cached', async () => {
  fc.assert(
    fc.property(
      prices,
      kinds,
      fc.tuple(tokens, tokens, pictures, pictures),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }),
      (price, kind, [input, output, asked, made], shares) => {
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
          images: Math.min(asked, made),
        };
        const demand = { kind, inputTokens: input, outputTokens: output, images: asked };
        return priceUsage(usage, price, kind).fee <= worstCase(price, demand);
      },
    ),
  );
});

t.test(
  'what is said to be affordable is: with it the request fits, with a token more it need not',
  async () => {
    fc.assert(
      fc.property(
        prices,
        fc.record({ kind: kinds, inputTokens: tokens, images: pictures }),
        fc.bigInt({ min: 0n, max: 10n ** 15n }),
        (price, rest, available) => {
          const affordable = affordableOutputTokens(price, rest, available);
          const demand = { ...rest, outputTokens: Math.min(affordable, 2 ** 40) };
          // Each of two rounded sums may be half a unit off.
          return affordable === 0 || worstCase(price, demand) <= available + 1n;
        },
      ),
    );
  },
);

const NOTHING_OWN = {
  ...{ overInputTokens: 0, input: 0n, output: 0n, cacheRead: null, cacheWrite5m: null, cacheWrite1h: null },
  ...{ image: null, embedding: null },
};

t.test('text embedded costs the price of its own, where there is one; a chat never does', async (t) => {
  const price: Price = [{ ...NOTHING_OWN, input: 7n, embedding: 3n }];
  t.equal(bandFor(price, 1, 'embedding').input, 3n);
  t.equal(bandFor(price, 1, 'embedding').cacheRead, 3n);
  t.equal(bandFor(price, 1, 'chat').input, 7n);
  t.equal(bandFor([{ ...NOTHING_OWN, input: 7n }], 1, 'embedding').input, 7n);
});

t.test('pictures cost their number times their price, to the unit, beside the tokens', async () => {
  fc.assert(
    fc.property(prices, tokens, pictures, (price, inputTokens, images) => {
      const usage = { ...NO_USAGE, inputTokens };
      const alone = priceUsage(usage, price, 'image');
      const { fee } = priceUsage({ ...usage, images }, price, 'image');
      return fee === alone.fee + BigInt(images) * alone.price.image;
    }),
  );
});

t.test('more pictures than were asked for are nonsense, and are charged at the hold', async (t) => {
  const price: Price = [{ ...NOTHING_OWN, image: 100n }];
  const terms = { price, kind: 'image' as const, holdAmount: 200n, contextTokens: 77, images: 2 };
  const made = (images: number) =>
    chargeFor({ kind: 'reported', usage: { ...NO_USAGE, images }, isDrained: false }, terms);
  t.match(made(1), { fee: 100n, isQuarantined: false, usage: { images: 1 }, price: { image: 100n } });
  t.match(made(3), { fee: 200n, isQuarantined: true });
});

t.test('a band starts above its threshold, not at it, and prices the whole request', async (t) => {
  const price: Price = [
    { ...NOTHING_OWN, input: 1n, output: 2n },
    { ...NOTHING_OWN, overInputTokens: 100, input: 5n, output: 10n, cacheRead: 3n },
  ];
  t.equal(bandFor(price, 100, 'chat').input, 1n);
  t.equal(bandFor(price, 101, 'chat').input, 5n);
  t.equal(bandFor(price, 101, 'chat').cacheRead, 3n);
  t.equal(
    bandFor(price, 101, 'chat').cacheWrite1h,
    5n,
    'a kind without a price of its own costs the input price',
  );
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
  const price: Price = [{ ...NOTHING_OWN, input: 10n ** 10n }];
  const usage = {
    inputTokens: 10_001,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
  };
  const terms = { price, kind: 'chat' as const, holdAmount: 77n, contextTokens: 1000, images: 0 };
  t.match(chargeFor({ kind: 'reported', usage, isDrained: false }, terms), { fee: 77n, isQuarantined: true });
  t.match(
    chargeFor({ kind: 'reported', usage: { ...usage, inputTokens: 10_000 }, isDrained: false }, terms),
    { fee: 100_000_000n, isQuarantined: false },
  );
});
