// The price book against a naive model of itself: whatever the dates, places and bands, both say the same.
import fc from 'fast-check';
import t from 'tap';
import { bandFor } from '../../../src/plugins/billing/price.ts';
import { priceOf } from '../../../src/plugins/models/catalogue.ts';
import {
  createPriceBook,
  groupIntoLists,
  type PriceRow,
  placeName,
  statesAt,
} from '../../../src/plugins/prices/price-book.ts';

const EPOCH = Date.UTC(2026, 0, 1);
/** Few values, so that they meet; whole milliseconds around each other. */
const moment = fc.integer({ min: 0, max: 5 }).map((ms) => new Date(EPOCH + ms));
const amount = fc.bigInt({ min: 0n, max: 10n ** 15n });
const place = fc.record({
  baseId: fc.constantFrom('a.model', 'a.model-2'),
  scope: fc.constantFrom('in-region', 'global', 'us'),
  tier: fc.constantFrom('standard', 'flex'),
});

const rows = fc
  .uniqueArray(
    fc.record({
      place,
      validFrom: moment,
      overInputTokens: fc.constantFrom(0, 1, 100, 200_000),
      input: amount,
      output: amount,
      cacheRead: fc.option(amount),
      cacheWrite5m: fc.option(amount),
      cacheWrite1h: fc.option(amount),
    }),
    {
      maxLength: 40,
      selector: ({ place, validFrom, overInputTokens }) =>
        `${placeName(place)} ${validFrom.getTime()} ${overInputTokens}`,
    },
  )
  .map((list) =>
    list.map(
      ({ place, ...row }): PriceRow => ({
        ...place,
        ...row,
        image: null,
        embedding: null,
        source: 'test',
        actor: 'seed',
        createdAt: new Date(EPOCH),
      }),
    ),
  );

/** The rule in two sentences: of the rows of the latest date not after `at`, the highest threshold passed. */
function naive(all: readonly PriceRow[], where: string, at: Date, inputTokens: number): PriceRow | undefined {
  const dated = all.filter((row) => placeName(row) === where && row.validFrom <= at);
  const latest = Math.max(...dated.map((row) => row.validFrom.getTime()));
  const bands = dated.filter((row) => row.validFrom.getTime() === latest);
  const passed = bands.filter((row) => inputTokens > row.overInputTokens);
  const byThreshold = (a: PriceRow, b: PriceRow) => a.overInputTokens - b.overInputTokens;
  return passed.toSorted(byThreshold).at(-1) ?? bands.toSorted(byThreshold)[0];
}

t.test(
  'date and band are chosen as the naive model chooses them, to the token and the millisecond',
  async () => {
    const tokens = fc.constantFrom(0, 1, 2, 99, 100, 101, 199_999, 200_000, 200_001, 10_000_000);
    fc.assert(
      fc.property(rows, place, moment, tokens, (all, where, at, inputTokens) => {
        const price = createPriceBook(groupIntoLists(all)).find(where, at);
        const expected = naive(all, placeName(where), at, inputTokens);
        if (price === undefined || expected === undefined)
          return price === undefined && expected === undefined;
        const band = bandFor(price, inputTokens, 'chat');
        return (
          band.input === expected.input &&
          band.output === expected.output &&
          band.cacheRead === (expected.cacheRead ?? expected.input) &&
          band.cacheWrite5m === (expected.cacheWrite5m ?? expected.input) &&
          band.cacheWrite1h === (expected.cacheWrite1h ?? expected.input)
        );
      }),
      { numRuns: 1000 },
    );
  },
);

t.test('the order of the rows decides nothing', async () => {
  fc.assert(
    fc.property(rows, fc.nat(), (all, seed) => {
      const shuffled = all
        .map((row, index) => ({ row, key: (index * 7919 + seed) % 104_729 }))
        .sort((a, b) => a.key - b.key)
        .map(({ row }) => row);
      return JSON.stringify(groupIntoLists(all), text) === JSON.stringify(groupIntoLists(shuffled), text);
    }),
  );
});

t.test('of every place at most one list is in force: the one its requests are charged by', async () => {
  fc.assert(
    fc.property(rows, moment, (all, at) => {
      const lists = groupIntoLists(all);
      const states = statesAt(lists, at);
      const book = createPriceBook(lists);
      return lists.every((list) => {
        const state = states.get(list);
        if (list.validFrom > at) return state === 'future';
        const isCharged = book.find(list, at)?.[0].input === list.bands[0]?.input;
        return state === 'in_force' ? isCharged : state === 'past';
      });
    }),
  );
});

t.test(
  'a tier without a price of its own has none, a free model costs nothing only without a price',
  async (t) => {
    const row = (tier: string): PriceRow => ({
      baseId: 'a.model',
      scope: 'us',
      tier,
      validFrom: new Date(EPOCH),
      overInputTokens: 0,
      input: 5n,
      output: 7n,
      cacheRead: null,
      cacheWrite5m: null,
      cacheWrite1h: null,
      image: null,
      embedding: null,
      source: '',
      actor: 'seed',
      createdAt: new Date(EPOCH),
    });
    const { find } = createPriceBook(groupIntoLists([row('standard')]));
    const model = { kind: 'chat' as const, baseId: 'a.model', priceScope: 'us', isFree: false };
    const at = new Date(EPOCH);
    t.equal(priceOf(model, { at }, find)?.[0].input, 5n);
    t.equal(priceOf(model, { at, tier: 'priority' }, find), undefined);
    t.equal(priceOf(model, { at: new Date(EPOCH - 1) }, find), undefined);
    t.equal(priceOf({ ...model, priceScope: 'eu' }, { at }, find), undefined);
    t.equal(priceOf({ ...model, isFree: true }, { at }, find)?.[0].input, 5n);
    t.equal(priceOf({ ...model, priceScope: 'eu', isFree: true }, { at }, find)?.[0].input, 0n);
    t.equal(priceOf({ ...model, kind: 'image' }, { at }, find), undefined, 'it says nothing of pictures');
    t.equal(priceOf({ ...model, kind: 'embedding' }, { at }, find)?.[0].input, 5n);
  },
);

function text(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
