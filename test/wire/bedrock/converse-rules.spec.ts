// Whatever chat is asked of whatever model of the catalogue: what we send is what Converse takes.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { Refusal } from '../../../src/canonical/refusal.ts';
import type { ChatRequest } from '../../../src/canonical/request.ts';
import { encodeRequest } from '../../../src/wire/bedrock/encode-request.ts';
import { chats } from '../../helpers/canonical-chats.ts';
import { brokenPromises, checkConverse } from '../../helpers/converse-rules.ts';
import { SEED_MODELS, type SeedModel } from '../../helpers/seed-capabilities.ts';

/** Undefined: refused, naming a field. */
function encode(request: ChatRequest, { baseId, capabilities }: SeedModel) {
  try {
    return encodeRequest(request, {
      baseId,
      capabilities,
      maxOutputTokens: 32_000,
      defaultMaxOutputTokens: 8192,
    });
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    assert.ok(error.param !== null, error.message);
    return undefined;
  }
}

const models = fc
  .record({
    model: fc.constantFrom(...SEED_MODELS),
    automaticCaching: fc.boolean(),
  })
  .map(({ model: { baseId, capabilities }, automaticCaching }) => ({
    baseId,
    capabilities: { ...capabilities, automaticCaching, ...(automaticCaching && { promptCacheMinTokens: 8 }) },
  }));

t.test('the seed has every model', async (t) => {
  t.ok(SEED_MODELS.length > 70, String(SEED_MODELS.length));
});

t.test('whatever is asked of whatever model is a request that Converse takes, or a Refusal', async (t) => {
  let encoded = 0;
  const runs = 4000;
  fc.assert(
    fc.property(chats, models, (request, model) => {
      const before = JSON.stringify(request);
      const first = encode(request, model);
      assert.equal(JSON.stringify(request), before, 'the request is never changed');
      if (first === undefined) return;
      encoded += 1;
      assert.equal(
        JSON.stringify(encode(request, model)),
        JSON.stringify(first),
        'the same request, the same body',
      );
      checkConverse(first.body, { modelId: model.baseId, operation: 'Converse' });
      checkConverse(first.streamBody, { modelId: model.baseId, operation: 'ConverseStream' });
      assert.deepEqual(brokenPromises(first.body, model.capabilities), []);
      assert.equal(new Set(first.dropped).size, first.dropped.length);
    }),
    { numRuns: runs },
  );
  t.ok(encoded > runs / 4, `${encoded} of ${runs} were encoded`);
  t.comment(`${encoded} of ${runs} were encoded`);
});
