import t from 'tap';
import { createSeldom } from '../../../src/plugins/chat-proxy/seldom.ts';

t.test('each thing is said once in its time, and what is forgotten is said again', async (t) => {
  let now = 5;
  const isNews = createSeldom({ everyMs: 100, now: () => now });
  t.same([isNews('a'), isNews('a'), isNews('b')], [true, false, true]);
  now = 104;
  t.notOk(isNews('a'));
  now = 105;
  t.same([isNews('a'), isNews('a')], [true, false]);
  for (let index = 0; index < 1_000; index += 1) isNews(`other ${index}`);
  t.ok(isNews('a'), 'the memory is bounded');
});
