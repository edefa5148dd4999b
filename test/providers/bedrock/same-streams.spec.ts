// Every kind of stream: our reading of the bytes equals the AWS SDK's, wherever the bytes are cut.
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import fc from 'fast-check';
import t from 'tap';
import { EventGroups } from '../../../src/providers/bedrock/event-groups.ts';
import { assertPromises } from '../../wire/bedrock/promises.ts';
import { CREDENTIALS, REGION, readAll } from './calls.ts';
import { readFixtures } from './fixtures.ts';
import { event } from './frames.ts';
import { hear, hearWithSdk } from './heard.ts';
import { answerWith, record } from './recorder.ts';

/** A stream that brings these pieces, one read each. */
function reads(pieces: readonly Buffer[]): EventGroups {
  return new EventGroups(async () => (sink) => {
    queueMicrotask(() => {
      try {
        for (const piece of pieces) sink.data(piece);
        sink.end();
      } catch (error) {
        sink.fail(error);
      }
    });
    return { pause() {}, resume() {}, cancel() {} };
  });
}

/** What the SDK hears in these bytes. */
async function listener(t: { teardown(action: () => unknown): unknown }) {
  let bytes: Buffer = Buffer.alloc(0);
  const recorder = await record(t, (response, recorded) =>
    answerWith({ pieces: [bytes] })(response, recorded),
  );
  const client = new BedrockRuntimeClient({
    region: REGION,
    endpoint: recorder.url,
    credentials: CREDENTIALS,
    authSchemePreference: ['sigv4'],
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler(),
  });
  t.teardown(() => client.destroy());
  return (sent: Buffer) => {
    bytes = sent;
    return hearWithSdk(client);
  };
}

t.test('every recorded stream is heard as the SDK hears it, cut in two at every byte', async (t) => {
  const listen = await listener(t);
  for (const { name, frames } of readFixtures()) {
    const bytes = Buffer.concat(frames);
    const theirs = await listen(bytes);
    const ours = await hear(reads([bytes]));
    t.same(ours, theirs, name);
    assertPromises((await readAll(reads([bytes]))).events);
    const expected = JSON.stringify(ours);
    for (let at = 1; at < bytes.length; at++) {
      const heard = JSON.stringify(await hear(reads([bytes.subarray(0, at), bytes.subarray(at)])));
      if (heard !== expected) t.fail(`${name}, cut at byte ${at}`, { heard, expected });
    }
  }
});

const words = fc.string({ unit: 'binary', maxLength: 12 });
const base64 = fc
  .uint8Array({ minLength: 1, maxLength: 9 })
  .map((bytes) => Buffer.from(bytes).toString('base64'));
const pad = fc.stringMatching(/^[a-zA-Z0-9]{0,20}$/);
const delta = (contentBlockIndex: number, value: object) => ({ contentBlockIndex, delta: value });
type Step = [type: string, payload: object];
const steps = (...all: Step[]) => all;

/** The events of one block, but for its stop. */
function blockOf(index: number): fc.Arbitrary<Step[]> {
  const id = fc.stringMatching(/^tooluse_[a-zA-Z0-9]{4}$/);
  const step = (value: object): Step => ['contentBlockDelta', delta(index, value)];
  const citation = fc.record({
    title: words,
    location: fc.constant({ documentChar: { documentIndex: 0, start: 1 } }),
  });
  return fc.oneof(
    fc.array(words, { minLength: 1, maxLength: 5 }).map((texts) => texts.map((text) => step({ text }))),
    fc
      .tuple(fc.array(words, { minLength: 1, maxLength: 3 }), fc.array(citation, { maxLength: 2 }))
      .map(([texts, all]) => [
        ...texts.map((text) => step({ text })),
        ...all.map((one) => step({ citation: one })),
      ]),
    fc
      .tuple(
        id,
        fc.constantFrom('search', 'get_time'),
        fc.constantFrom(undefined, 'server_tool_use'),
        fc.json({ maxDepth: 2 }),
        fc.nat(9),
      )
      .map(([toolUseId, name, type, json, cut]) => [
        ...steps([
          'contentBlockStart',
          { contentBlockIndex: index, start: { toolUse: { toolUseId, name, type } } },
        ]),
        ...['', json.slice(0, cut), json.slice(cut)].map((input) => step({ toolUse: { input } })),
      ]),
    fc
      .tuple(fc.array(words, { maxLength: 3 }), fc.array(fc.base64String({ maxLength: 8 }), { maxLength: 2 }))
      .map(([texts, signatures]) => [
        ...texts.map((text) => step({ reasoningContent: { text } })),
        ...signatures.map((signature) => step({ reasoningContent: { signature } })),
      ]),
    fc
      .constantFrom({ smell: 'roses' }, { image: { source: {} } }, { toolResult: [{ text: 'x' }] })
      .map((odd) => [step(odd)]),
  );
}

/** Blocks with gaps in their numbers, whose events are mixed; redacted thought stands for itself. */
const stream = fc
  .tuple(
    fc.uniqueArray(fc.nat(6), { maxLength: 4 }).chain((indexes) => fc.tuple(...indexes.map(blockOf))),
    fc.array(base64, { maxLength: 3 }),
    fc.infiniteStream(fc.nat(3)),
    fc.constantFrom('end_turn', 'tool_use', 'max_tokens', 'guardrail_intervened', 'word_of_tomorrow'),
    fc.record({ inputTokens: fc.nat(9), outputTokens: fc.nat(9) }),
    fc.infiniteStream(pad),
  )
  .map(([blocks, redacted, picks, stopReason, usage, pads]) => {
    const sent: Step[] = steps(['messageStart', { role: 'assistant' }]);
    for (const redactedContent of redacted)
      sent.push(['contentBlockDelta', delta(9, { reasoningContent: { redactedContent } })]);
    if (redacted.length > 0) sent.push(['contentBlockStop', { contentBlockIndex: 9 }]);
    const waiting = blocks.map((block) => [...block]).filter(({ length }) => length > 0);
    while (waiting.length > 0) {
      const at = Number(picks.next().value) % waiting.length;
      const next = waiting[at]?.shift();
      if (next === undefined) waiting.splice(at, 1);
      else sent.push(next);
    }
    const totalTokens = usage.inputTokens + usage.outputTokens;
    sent.push(['messageStop', { stopReason }]);
    sent.push(['metadata', { usage: { ...usage, totalTokens }, metrics: { latencyMs: 1 } }]);
    return Buffer.concat(
      sent.map(([type, payload]) => event(type, { ...payload, p: String(pads.next().value) })),
    );
  });

t.test('generated streams are heard as the SDK hears them, cut in twenty random places', async (t) => {
  const listen = await listener(t);
  const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 20, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(stream, places, async (bytes, cuts) => {
      const ends = cuts.map((place) => Math.floor(place * bytes.length)).sort((a, b) => a - b);
      const pieces = [...ends, bytes.length].map((end, at) => bytes.subarray(ends[at - 1] ?? 0, end));
      const [ours, theirs] = [await hear(reads(pieces)), await listen(bytes)];
      if (JSON.stringify(ours) !== JSON.stringify(theirs))
        throw new Error(`${JSON.stringify(ours)}\nis not\n${JSON.stringify(theirs)}`);
      assertPromises((await readAll(reads(pieces))).events);
    }),
    { numRuns: 300 },
  );
  t.pass('300 streams');
});
