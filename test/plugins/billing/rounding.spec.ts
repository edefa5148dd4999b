// Fees to the last unit: against fractions that were never rounded on the way, and summed over many requests.
import t from 'tap';
import { type Price, type PriceBand, priceUsage } from '../../../src/plugins/billing/price.ts';
import { startTestGateway } from '../../helpers/gateway.ts';
import { flatPrice, holdRequest, reported } from './admissions.ts';

const PAIRS = 1_000_000;
/** 1000 USD per million tokens, in units of 10^-10 USD. */
const TOP_PRICE = 10_000_000_000_000;
const TOP_TOKENS = 10_000_000;

/** A small generator with a fixed seed (xorshift32): a failure can be looked at again. */
function generator(seed: number) {
  let state = seed;
  return (below: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.floor(((state >>> 0) / 2 ** 32) * below);
  };
}

/** Half of all values near the edges and of every size, or rounding is never at stake. */
function spread(random: (below: number) => number, top: number): number {
  return random(4) === 0
    ? random(3)
    : random(Math.min(top, 10 ** (1 + random(Math.ceil(Math.log10(top))))) + 1);
}

/** USD as a fraction over 10^16: a price has ten places, and is for a million tokens. */
function fractionOf(tokens: readonly number[], prices: readonly bigint[]): bigint {
  return tokens.reduce((sum, count, index) => sum + BigInt(count) * (prices[index] ?? 0n), 0n);
}

t.test('a million random bills are exactly the fraction, rounded once, half up', async (t) => {
  const random = generator(20_261_125);
  let step = 1;
  const money = () => BigInt(spread(random, TOP_PRICE / step) * step);
  const own = () => (random(4) === 0 ? null : money());
  const band = (overInputTokens: number): PriceBand => ({
    ...{ overInputTokens, input: money(), output: money() },
    ...{ cacheRead: own(), cacheWrite5m: own(), cacheWrite1h: own(), image: own(), embedding: own() },
  });
  let halves = 0;
  let inSecondBand = 0;
  for (let index = 0; index < PAIRS; index += 1) {
    // One in four bills has prices whose sums are whole units or exactly between two.
    step = random(4) === 0 ? 500_000 : 1;
    const threshold = 1 + random(TOP_TOKENS);
    const price: Price = random(2) === 0 ? [band(0)] : [band(0), band(threshold)];
    const [inputTokens, outputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens] = [
      ...[spread(random, TOP_TOKENS), spread(random, TOP_TOKENS), spread(random, TOP_TOKENS)],
      ...[spread(random, TOP_TOKENS), spread(random, TOP_TOKENS)],
    ] as [number, number, number, number, number];
    const usage = { inputTokens, outputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens };
    const whole = inputTokens + cacheReadTokens + cacheWrite5mTokens + cacheWrite1hTokens;
    const second = price[1];
    const { input, output, cacheRead, cacheWrite5m, cacheWrite1h } =
      second !== undefined && whole > threshold ? second : price[0];
    if (second !== undefined && whole > threshold) inSecondBand += 1;
    const exact = fractionOf(
      [inputTokens, outputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens],
      [input, output, cacheRead ?? input, cacheWrite5m ?? input, cacheWrite1h ?? input],
    );
    const { fee } = priceUsage(usage, price, 'chat');
    // fee is the one whole number with fee - 1/2 <= exact < fee + 1/2, in units: nothing is rounded to say so.
    const twice = 2n * exact;
    if (!((2n * fee - 1n) * 1_000_000n <= twice && twice < (2n * fee + 1n) * 1_000_000n))
      t.fail(`${JSON.stringify(usage)} costs ${exact} / 10^16 USD, not ${fee} / 10^10`);
    if (exact % 1_000_000n === 500_000n) halves += 1;
  }
  t.ok(inSecondBand > PAIRS / 10, `${inSecondBand} in the second band`);
  t.ok(halves > PAIRS / 100, `${halves} were exactly between two units`);
});

t.test(
  '10,000 requests of one token at 3.5e-10 USD cost 10,000 times the rounded fee, in every sum',
  async (t) => {
    const gateway = await startTestGateway(t);
    const { billing } = gateway.app;
    const { sql } = gateway.database;
    const REQUESTS = 10_000;
    // 3.5e-10 USD per token is 3.5 units, which is charged as 4; the quota covers 3,000 of them and a half.
    const FEE = 4n;
    const { id: keyId } = await gateway.createKey({ month_quota: '0.0000012002', balance: '1', group_id: 1 });
    await gateway.admin('POST', '/admin/budget/set', { group_id: 1, window: 'day', limit: '0.0000040000' });
    const price = flatPrice(3_500_000n, 0n);
    for (let done = 0; done < REQUESTS; done += 500)
      await Promise.all(
        Array.from({ length: 500 }, async () => {
          const decision = await billing.admit(holdRequest({ keyId, groupId: 1, price, inputTokens: 1 }));
          if (decision.kind === 'refused') throw new Error(`refused by ${decision.limit}`);
          await billing.settle(reported(decision.hold, 1));
        }),
      );
    const total = String(FEE * BigInt(REQUESTS));
    const [wallet] = await sql`
    select held::text, total_fee::text as fee, balance::text from wallet where key_id = ${keyId}`;
    t.same(wallet, { held: '0', fee: total, balance: String(10n ** 10n - 40_000n + 12_002n) });
    const [ledger] =
      await sql`select count(*)::int, sum(quota_change)::text as quota, sum(balance_change)::text as balance
    from ledger where kind = 'usage'`;
    t.same(ledger, { count: REQUESTS, quota: '12002', balance: '-27998' });
    const [usage] =
      await sql`select count(*)::int, sum(fee)::text as fee, min(fee)::text as least, max(fee)::text as most,
    sum(quota_part)::text as quota from usage`;
    t.same(usage, { count: REQUESTS, fee: total, least: '4', most: '4', quota: '12002' });
    const [split] = await sql`select count(*)::int from ledger where quota_change > 0 and balance_change < 0`;
    t.equal(split?.count, 1, 'one fee straddles the quota and the balance');
    const { items } = (await gateway.admin('GET', '/admin/budget/list')).body.data;
    t.match(items, [{ used: '0.0000040000', held: '0.0000000000' }]);
    const next = await billing.admit(holdRequest({ keyId, groupId: 1, price, inputTokens: 1 }));
    t.match(
      next,
      { kind: 'refused', limit: 'group_day', available: 0n },
      'the budget is used up to the last unit',
    );
    t.equal(await gateway.auditFaults(), 0);
  },
);
