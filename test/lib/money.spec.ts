import fc from 'fast-check';
import t from 'tap';
import { feeOf, formatMoney, formatPricePerToken, isMoneyFault, parseMoney } from '../../src/lib/money.ts';

t.test('amounts are read exactly, or refused with the reason', async (t) => {
  const cases: [unknown, ReturnType<typeof parseMoney>][] = [
    ['20', 200_000_000_000n],
    [20, 200_000_000_000n],
    [1.0, 10_000_000_000n],
    [0.1, 1_000_000_000n],
    [0.23, 2_300_000_000n],
    ['0.0000000001', 1n],
    [1e-10, 1n],
    ['1e-10', 1n],
    ['1.5E2', 1_500_000_000_000n],
    ['-3.5', -35_000_000_000n],
    [-0, 0n],
    ['.5', 'not_a_number'],
    ['5.', 50_000_000_000n],
    ['0.00000000010', 1n],
    ['0.00000000001', 'too_many_places'],
    [1e-11, 'too_many_places'],
    ['100000000', 10n ** 18n],
    ['100000000.0000000001', 'too_large'],
    [1e9, 'too_large'],
    ['1e999', 'too_large'],
    [12345678.12345678, 'too_precise_for_a_number'],
    ['12345678.1234567812', 123_456_781_234_567_812n],
    [Number.NaN, 'not_a_number'],
    [Number.POSITIVE_INFINITY, 'not_a_number'],
    ['NaN', 'not_a_number'],
    ['Infinity', 'not_a_number'],
    ['', 'not_a_number'],
    ['1,5', 'not_a_number'],
    ['0x10', 'not_a_number'],
    ['1'.repeat(65), 'not_a_number'],
    [null, 'not_a_number'],
    [true, 'not_a_number'],
    [[5], 'not_a_number'],
  ];
  for (const [value, expected] of cases)
    t.equal(parseMoney(value), expected, `${JSON.stringify(value)} (${typeof value})`);
});

t.test('what is written can be read back, to the last digit', async () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), (amount) => {
      const text = formatMoney(amount);
      return /^-?\d+\.\d{10}$/.test(text) && parseMoney(text) === amount;
    }),
  );
});

t.test('no JSON number is silently read as another amount than its digits say', async () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), (value) => {
      const amount = parseMoney(value);
      return isMoneyFault(amount) || Number(formatMoney(amount)) === value;
    }),
  );
});

t.test('a fee equals the rational sum, rounded half up once', async () => {
  const line = fc.record({
    tokens: fc.integer({ min: 0, max: 2_000_000_000 }),
    pricePerMillion: fc.bigInt({ min: 0n, max: 10n ** 15n }),
  });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 5 }), (lines) => {
      const millionths = lines.reduce(
        (sum, { tokens, pricePerMillion }) => sum + BigInt(tokens) * pricePerMillion,
        0n,
      );
      const fee = feeOf(lines);
      // fee - 1/2 <= exact < fee + 1/2
      return (
        2n * fee * 1_000_000n - 1_000_000n <= 2n * millionths &&
        2n * millionths < 2n * fee * 1_000_000n + 1_000_000n
      );
    }),
    { numRuns: 2000 },
  );
});

t.test('prices per token are exact and have at least ten places', async (t) => {
  t.equal(formatPricePerToken(30_000_000_000n), '0.0000030000');
  t.equal(formatPricePerToken(2_500_000_000n), '0.0000002500');
  t.equal(formatPricePerToken(87_500_000n), '0.00000000875');
  t.equal(formatPricePerToken(0n), '0.0000000000');
});
