// Our bodies are, byte for byte, what the AWS SDK sends for the same input.
import fc from 'fast-check';
import t from 'tap';
import { Refusal } from '../../../src/canonical/refusal.ts';
import type { ChatRequest } from '../../../src/canonical/request.ts';
import { encodeRequest } from '../../../src/wire/bedrock/encode-request.ts';
import { chats } from '../../helpers/canonical-chats.ts';
import { sentBody, TEST_METADATA } from '../../helpers/converse-rules.ts';
import { createSdkBodies } from '../../helpers/sdk-bodies.ts';
import { SEED_MODELS } from '../../helpers/seed-capabilities.ts';

const RUNS = 10_000;

function encodeOrRefuse(request: ChatRequest, model: (typeof SEED_MODELS)[number]) {
  try {
    return encodeRequest(request, { ...model, maxOutputTokens: 32_000, defaultMaxOutputTokens: 8192 });
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

t.test('ten thousand bodies of any chat to any model are the bytes of the SDK', async (t) => {
  const sdkBody = createSdkBodies();
  const cases = fc.sample(fc.tuple(chats, fc.constantFrom(...SEED_MODELS)), { numRuns: RUNS * 1.5, seed: 4 });
  const bodies = cases.flatMap(([request, model]) => encodeOrRefuse(request, model) ?? []).slice(0, RUNS);
  t.equal(bodies.length, RUNS);
  let differing = 0;
  for (const [index, { body, streamBody }] of bodies.entries()) {
    const isStreamed = index % 2 === 1;
    const ours = sentBody(isStreamed ? streamBody : body);
    const theirs = await sdkBody(isStreamed ? streamBody : body, {
      operation: isStreamed ? 'ConverseStream' : 'Converse',
      metadata: TEST_METADATA,
    });
    if (ours === theirs) continue;
    differing += 1;
    if (differing < 4) t.equal(ours, theirs, `body ${index}`);
  }
  t.equal(differing, 0);
});
