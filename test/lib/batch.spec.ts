import t from 'tap';
import { createBatcher } from '../../src/lib/batch.ts';

t.test('what arrives while a batch runs goes together in the next one', async (t) => {
  const sizes: number[] = [];
  const batcher = createBatcher<number, number>({
    maxItems: 3,
    async run(items) {
      sizes.push(items.length);
      return items.map((item) => item * 2);
    },
  });
  const results = await Promise.all([1, 2, 3, 4, 5].map((item) => batcher.add(item)));
  t.same(results, [2, 4, 6, 8, 10]);
  t.same(sizes, [3, 2]);
  await batcher.idle();
  t.equal(await batcher.add(7), 14, 'it starts again after it was idle');
});

t.test("one item's fault fails that item alone", async (t) => {
  const batcher = createBatcher<string, string>({
    maxItems: 10,
    isItemFault: () => true,
    async run(items) {
      if (items.includes('bad')) throw new Error('bad item');
      return items;
    },
  });
  const results = await Promise.allSettled(['a', 'bad', 'b'].map((item) => batcher.add(item)));
  t.same(
    results.map((result) => result.status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
});

t.test('a fault of the whole fails all, and the next batch runs', async (t) => {
  let isAway = true;
  const batcher = createBatcher<number, number>({
    maxItems: 10,
    isItemFault: () => false,
    async run(items) {
      if (isAway) throw new Error('away');
      return items;
    },
  });
  const failed = await Promise.allSettled([batcher.add(1), batcher.add(2)]);
  t.ok(failed.every((result) => result.status === 'rejected'));
  isAway = false;
  t.equal(await batcher.add(3), 3);
});

t.test('a run that answers too few results leaves nobody waiting', async (t) => {
  const batcher = createBatcher<number, number>({ maxItems: 10, run: async () => [1] });
  const results = await Promise.allSettled([batcher.add(1), batcher.add(2)]);
  t.same(
    results.map((result) => result.status),
    ['fulfilled', 'rejected'],
  );
});
