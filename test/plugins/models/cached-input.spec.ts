// Cached input that an upstream counts twice is charged once.
import fc from 'fast-check';
import t from 'tap';
import { separateCached, totalInputTokens } from '../../../src/canonical/usage.ts';
import { decodeUsage } from '../../../src/wire/bedrock/decode-usage.ts';
import { startTestGateway } from '../../helpers/gateway.ts';

const count = fc.integer({ min: 0, max: 1_000_000 });
const truth = fc.record({
  inputTokens: count,
  outputTokens: count,
  cacheReadTokens: count,
  cacheWrite5mTokens: count,
  cacheWrite1hTokens: count,
});

t.test(
  'under either convention, with the flag or a true total, the four counts are found again',
  async () => {
    fc.assert(
      fc.property(truth, fc.boolean(), fc.boolean(), (usage, includes, hasTotal) => {
        const reported = {
          ...usage,
          inputTokens: includes ? totalInputTokens(usage) : usage.inputTokens,
          totalTokens: hasTotal ? totalInputTokens(usage) + usage.outputTokens : null,
        };
        const found = separateCached(reported, { inputIncludesCached: includes });
        return JSON.stringify(found) === JSON.stringify(usage);
      }),
    );
  },
);

t.test('a true total is believed whatever the flag says', async () => {
  fc.assert(
    fc.property(truth, fc.boolean(), fc.boolean(), (usage, includes, flag) => {
      const reported = {
        ...usage,
        inputTokens: includes ? totalInputTokens(usage) : usage.inputTokens,
        totalTokens: totalInputTokens(usage) + usage.outputTokens,
      };
      const found = separateCached(reported, { inputIncludesCached: flag });
      return JSON.stringify(found) === JSON.stringify(usage);
    }),
  );
});

t.test('whatever is reported, fresh input is neither negative nor more than reported', async () => {
  fc.assert(
    fc.property(truth, fc.option(count), fc.boolean(), (usage, totalTokens, inputIncludesCached) => {
      const found = separateCached({ ...usage, totalTokens }, { inputIncludesCached });
      return found.inputTokens >= 0 && found.inputTokens <= usage.inputTokens;
    }),
  );
});

t.test('the flag decides where there is no total', async (t) => {
  const reported = {
    inputTokens: 130,
    outputTokens: 5,
    cacheReadInputTokens: 100,
    cacheWriteInputTokens: 20,
  };
  const rest = { outputTokens: 5, cacheReadTokens: 100, cacheWrite5mTokens: 20, cacheWrite1hTokens: 0 };
  t.same(decodeUsage(reported), { inputTokens: 130, ...rest });
  t.same(decodeUsage(reported, { inputIncludesCached: true }), { inputTokens: 10, ...rest });
  const impossible = { ...reported, inputTokens: 119 };
  t.same(decodeUsage(impossible, { inputIncludesCached: true }), { inputTokens: 119, ...rest });
});

t.test("a flagged model's cached input is told and charged once, streamed or not", async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const usage = { inputTokens: 1000, outputTokens: 10, cacheReadInputTokens: 900 };
  gateway.simulator.script({ behaviour: { kind: 'answer', text: 'x', usage } });
  const model = 'claude-3-haiku';
  const { body } = await gateway.admin('GET', `/admin/model/list?q=${model}`);
  const { id } = body.data.items.find(({ name }: { name: string }) => name === model);
  await gateway.chat(key, { model });
  const change = { id, capabilities: { input_includes_cached: true } };
  t.equal((await gateway.admin('POST', '/admin/model/update', change)).status, 200);
  const answer = await gateway.chat(key, { model });
  t.match(answer.body.usage, { prompt_tokens: 1000, prompt_tokens_details: { cached_tokens: 900 } });
  await gateway.chat(key, { model, stream: true });
  await gateway.recorded(3);
  const threads = await gateway.admin('GET', '/admin/thread/list?orderBy=id-0');
  t.same(
    threads.body.data.items.map(({ tokens_in, fee }: { tokens_in: number; fee: string }) => [tokens_in, fee]),
    [
      // 1000 x 0.25 + 900 x 0.025 + 10 x 1.25 millionths; then 100 x 0.25 in place of the first.
      [1900, '0.0002850000'],
      [1000, '0.0000600000'],
      [1000, '0.0000600000'],
    ],
  );
});

t.test('the models that are known to count so are marked from the start', async (t) => {
  const gateway = await startTestGateway(t);
  const marked = gateway.app.models
    .list()
    .filter(({ capabilities }) => capabilities.inputIncludesCached === true);
  t.ok(marked.length > 0);
  for (const { baseId } of marked) t.match(baseId, /^openai\.gpt-5\.6-/);
});
