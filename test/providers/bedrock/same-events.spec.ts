// The real AWS SDK and this provider read the same thing from the same bytes.
import {
  BedrockRuntimeClient,
  ConverseStreamCommand,
  type ConverseStreamOutput,
} from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import t from 'tap';
import { createSimulator } from '../../../src/simulator/simulator.ts';
import { decodeUsage } from '../../../src/wire/bedrock/decode-usage.ts';
import { mapStopReason } from '../../../src/wire/bedrock/map-stop-reason.ts';
import { CREDENTIALS, call, MODEL, NEVER, providerFor, REGION, readAll } from './calls.ts';
import { ANSWER } from './frames.ts';
import { answerWith, record } from './recorder.ts';

function sdkClient(t: { teardown(action: () => unknown): unknown }, endpoint: string): BedrockRuntimeClient {
  const client = new BedrockRuntimeClient({
    region: REGION,
    endpoint,
    credentials: CREDENTIALS,
    authSchemePreference: ['sigv4'],
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler(),
  });
  t.teardown(() => client.destroy());
  return client;
}

async function readWithSdk(client: BedrockRuntimeClient, text = 'Hi') {
  const messages = [{ role: 'user' as const, content: [{ text }] }];
  const inferenceConfig = { maxTokens: 64 };
  const command = new ConverseStreamCommand({ modelId: MODEL, messages, inferenceConfig });
  const { stream } = await client.send(command);
  const read: ConverseStreamOutput[] = [];
  for await (const event of stream ?? []) read.push(event);
  return {
    deltas: read.flatMap(({ contentBlockDelta: block }) =>
      block?.delta?.text === undefined ? [] : [{ block: block.contentBlockIndex, text: block.delta.text }],
    ),
    finish: read.flatMap(({ messageStop }) => (messageStop ? [mapStopReason(messageStop.stopReason)] : [])),
    usage: read.flatMap(({ metadata }) =>
      metadata ? [{ usage: decodeUsage(metadata.usage), latencyMs: metadata.metrics?.latencyMs }] : [],
    ),
  };
}

async function readWithProvider(provider: ReturnType<typeof providerFor>, text = 'Hi') {
  const { events, error } = await readAll(provider.stream(call(text), { signal: NEVER }));
  if (error !== undefined) throw error;
  return {
    deltas: events.flatMap((event) =>
      event.type === 'text-delta' ? [{ block: event.block, text: event.text }] : [],
    ),
    finish: events.flatMap((event) => (event.type === 'finish' ? [event.reason] : [])),
    usage: events.flatMap((event) =>
      event.type === 'usage' ? [{ usage: event.usage, latencyMs: event.latencyMs }] : [],
    ),
  };
}

t.test('text, reason, usage and time are those of the SDK, however the bytes are written', async (t) => {
  const bytes = Buffer.concat(ANSWER);
  const pieces = (size: number) =>
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
      bytes.subarray(at * size, (at + 1) * size),
    );
  for (const size of [1, 7, 64, 1000, bytes.length]) {
    const recorder = await record(t, answerWith({ pieces: pieces(size) }));
    const theirs = await readWithSdk(sdkClient(t, recorder.url));
    const ours = await readWithProvider(providerFor(t, recorder.url));
    t.same(ours, theirs, `${size} bytes per write`);
    t.equal(ours.deltas.map(({ text }) => text).join(''), 'Grüße aus 日本 🙂 "quoted"\n');
  }
});

t.test('an answer cut in two writes at any byte is the same answer over HTTP', async (t) => {
  const bytes = Buffer.concat(ANSWER);
  let at = 0;
  const recorder = await record(t, (response, recorded) =>
    answerWith({ pieces: [bytes.subarray(0, at), bytes.subarray(at)] })(response, recorded),
  );
  const provider = providerFor(t, recorder.url);
  const expected = JSON.stringify(await readWithProvider(provider));
  for (at = 1; at < bytes.length; at++) {
    if (JSON.stringify(await readWithProvider(provider)) !== expected)
      t.fail(`differs when cut at byte ${at}`);
  }
  t.equal(recorder.requests.length, bytes.length);
  t.ok(recorder.sockets.size <= 2, 'over kept connections');
});

t.test('the simulator tells both the same story', async (t) => {
  const simulator = await createSimulator();
  t.teardown(() => simulator.close());
  const usage = {
    inputTokens: 10,
    outputTokens: 2,
    totalTokens: 132,
    cacheReadInputTokens: 100,
    cacheWriteInputTokens: 20,
  };
  const cacheDetails = [{ ttl: '1h', inputTokens: 5 }];
  simulator.script({
    match: { textIncludes: 'cached' },
    behaviour: {
      kind: 'answer',
      deltas: ['a', 'b'],
      usage: { ...usage, cacheDetails },
      stopReason: 'max_tokens',
      latencyMs: 9,
    },
  });
  const client = sdkClient(t, simulator.url);
  const provider = providerFor(t, simulator.url);
  for (const text of ['Tell me a story', 'cached']) {
    const ours = await readWithProvider(provider, text);
    const theirs = await readWithSdk(client, text);
    t.same(ours.deltas, theirs.deltas);
    t.same(ours.finish, theirs.finish);
    t.same(ours.usage[0]?.usage, theirs.usage[0]?.usage);
  }
  const { upstreamRequestId, ...answer } = await provider.complete(call('cached'), { signal: NEVER });
  t.match(upstreamRequestId, /^[0-9a-f-]{36}$/);
  t.same(answer, {
    content: [{ kind: 'text', text: 'ab' }],
    finishReason: 'length',
    usage: {
      inputTokens: 10,
      outputTokens: 2,
      cacheReadTokens: 100,
      cacheWrite5mTokens: 15,
      cacheWrite1hTokens: 5,
    },
    latencyMs: 9,
  });
});
