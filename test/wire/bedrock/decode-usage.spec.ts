import t from 'tap';
import { decodeUsage } from '../../../src/wire/bedrock/decode-usage.ts';

const counts = (
  inputTokens: number,
  outputTokens: number,
  [cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens]: [number, number, number] = [0, 0, 0],
) => ({ inputTokens, outputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens });

t.test('plain usage is read as it stands, explicit zeros included', async (t) => {
  t.same(decodeUsage({ inputTokens: 3, outputTokens: 1, totalTokens: 4 }), counts(3, 1));
  t.same(decodeUsage({ inputTokens: 0, outputTokens: 0, totalTokens: 0 }), counts(0, 0));
});

t.test('cached input is counted apart, never as fresh input', async (t) => {
  const usage = { inputTokens: 10, outputTokens: 5, cacheReadInputTokens: 100, cacheWriteInputTokens: 20 };
  t.same(decodeUsage({ ...usage, totalTokens: 135 }), counts(10, 5, [100, 20, 0]));
  t.same(decodeUsage(usage), counts(10, 5, [100, 20, 0]), 'without a total');
});

t.test('an inputTokens that includes the cached ones is given away by the total', async (t) => {
  const usage = { inputTokens: 130, outputTokens: 5, cacheReadInputTokens: 100, cacheWriteInputTokens: 20 };
  t.same(decodeUsage({ ...usage, totalTokens: 135 }), counts(10, 5, [100, 20, 0]));
});

t.test('a total that contradicts the parts never raises the fresh input', async (t) => {
  t.same(decodeUsage({ inputTokens: 10, outputTokens: 5, totalTokens: 999 }), counts(10, 5));
  t.same(decodeUsage({ inputTokens: 10, outputTokens: 5, totalTokens: 2 }), counts(10, 5));
});

t.test('cache writes are split by their time to live; what is not said lives five minutes', async (t) => {
  const usage = { inputTokens: 1, outputTokens: 1, totalTokens: 32, cacheWriteInputTokens: 30 };
  const cacheDetails = [
    { ttl: '5m', inputTokens: 10 },
    { ttl: '1h', inputTokens: 12 },
    { ttl: '1h', inputTokens: 8 },
  ];
  t.same(decodeUsage({ ...usage, cacheDetails }), counts(1, 1, [0, 10, 20]));
  t.same(decodeUsage({ ...usage, cacheDetails: [] }), counts(1, 1, [0, 30, 0]));
  t.same(decodeUsage({ ...usage, cacheDetails: 'odd' }), counts(1, 1, [0, 30, 0]));
});

t.test('null cache counts are absent ones', async (t) => {
  const usage = { inputTokens: 1, outputTokens: 2, cacheReadInputTokens: null, cacheWriteInputTokens: null };
  t.same(decodeUsage(usage), counts(1, 2));
});

t.test('missing or absurd usage is null, never zero', async (t) => {
  const good = { inputTokens: 1, outputTokens: 1, totalTokens: 2 };
  const absurd: unknown[] = [undefined, null, 'many', 7, [], {}, { inputTokens: 1 }, { outputTokens: 1 }];
  for (const bad of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1', null, true]) {
    absurd.push({ ...good, inputTokens: bad }, { ...good, outputTokens: bad }, { ...good, totalTokens: bad });
  }
  for (const bad of [-1, 0.5, '1']) {
    absurd.push({ ...good, cacheReadInputTokens: bad }, { ...good, cacheWriteInputTokens: bad });
    absurd.push({ ...good, cacheWriteInputTokens: 9, cacheDetails: [{ ttl: '1h', inputTokens: bad }] });
  }
  absurd.push({ ...good, cacheWriteInputTokens: 9, cacheDetails: [{ ttl: '1h', inputTokens: 10 }] });
  for (const usage of absurd) t.equal(decodeUsage(usage), null, JSON.stringify(usage) ?? 'undefined');
});
