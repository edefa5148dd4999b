// Which ways a request may take, and in which order.
import fc from 'fast-check';
import t from 'tap';
import type { Price } from '../../../src/plugins/billing/index.ts';
import { byLot, offersOf, type Ways } from '../../../src/plugins/chat-proxy/offers.ts';

const PRICE: Price = [
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
const STANDARD: Price = [{ ...PRICE[0], input: 1n }];

/** mulberry32: a small generator whose numbers a seed repeats. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const model = (ways: Partial<Ways>) => ({
  target: 'first',
  region: null,
  priceScope: 'in-region',
  credentials: null,
  weight: 1,
  spread: 'ordered' as const,
  furtherTargets: [],
  kind: 'chat' as const,
  baseId: 'base',
  isFree: false,
  ...ways,
});

t.test('in order: as listed, each in its region, under its credentials, at its price', async (t) => {
  const asked: string[] = [];
  const offers = offersOf(
    model({
      furtherTargets: [
        { target: 'unpriced', region: null, priceScope: 'eu', credentials: null, weight: 1 },
        {
          target: 'second',
          region: 'eu-west-1',
          priceScope: 'global',
          credentials: { kind: 'profile', profile: 'other' },
          weight: 1,
        },
      ],
    }),
    {
      priceOf({ priceScope }) {
        asked.push(priceScope);
        return priceScope === 'eu' ? undefined : PRICE;
      },
      standardPriceOf: ({ priceScope }) => (priceScope === 'global' ? undefined : STANDARD),
      region: 'us-east-1',
      random: () => 0,
    },
  );
  t.same(asked, ['in-region', 'eu', 'global']);
  t.same(offers, [
    {
      target: { modelId: 'first', region: 'us-east-1' },
      priceScope: 'in-region',
      price: PRICE,
      standardPrice: STANDARD,
      weight: 1,
    },
    {
      target: {
        modelId: 'second',
        region: 'eu-west-1',
        credentials: { kind: 'profile', profile: 'other' },
      },
      priceScope: 'global',
      price: PRICE,
      standardPrice: undefined,
      weight: 1,
    },
  ]);
  t.equal(
    offersOf(model({}), {
      priceOf: () => undefined,
      standardPriceOf: () => STANDARD,
      region: 'us-east-1',
      random: () => 0,
    }),
    undefined,
  );
});

t.test('by lot: every target is there once, those without weight last and as listed', async () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { maxLength: 8 }), fc.integer(), (weights, seed) => {
      const items = weights.map((weight, id) => ({ id, weight }));
      const drawn = byLot(items, seeded(seed));
      const last = items.filter(({ weight }) => weight === 0);
      const isEachOnce = new Set(drawn).size === items.length && drawn.length === items.length;
      const tail = drawn.slice(drawn.length - last.length);
      return isEachOnce && tail.every((item, index) => item === last[index]);
    }),
  );
});

t.test('by lot: a target goes first as often as its weight says', async () => {
  const ROUNDS = 4_000;
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 5 }), (weights) => {
      const items = weights.map((weight, id) => ({ id, weight }));
      const random = seeded(weights.reduce((seed, weight) => seed * 10 + weight, 1));
      const firsts = items.map(() => 0);
      for (let round = 0; round < ROUNDS; round += 1) {
        const [first] = byLot(items, random);
        if (first !== undefined) firsts[first.id] = (firsts[first.id] ?? 0) + 1;
      }
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      return items.every(({ id, weight }) => {
        const share = weight / total;
        // Five standard deviations: one seed in a million or so would fail, and these seeds are always the same.
        const tolerance = 5 * Math.sqrt(ROUNDS * share * (1 - share));
        return Math.abs((firsts[id] ?? 0) - ROUNDS * share) <= tolerance;
      });
    }),
    { seed: 20_261_125, numRuns: 50 },
  );
});
