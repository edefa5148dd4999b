import t from 'tap';
import { timeOrderedId } from '../../src/lib/id.ts';

t.test('ids are UUIDs of version 7, differ, and sort by their time', async (t) => {
  const ids = Array.from({ length: 1000 }, (_, index) => timeOrderedId(1_790_000_000_000 + index));
  for (const id of ids.slice(0, 50))
    t.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  t.same([...ids].sort(), ids);
  t.equal(new Set(Array.from({ length: 10_000 }, () => timeOrderedId(5))).size, 10_000);
  t.equal(
    Number.parseInt(timeOrderedId(1_790_000_000_123).replace('-', '').slice(0, 12), 16),
    1_790_000_000_123,
  );
});
