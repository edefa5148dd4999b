// The real AWS SDK and this provider say the same thing to the same server.
import { createHash } from 'node:crypto';
import {
  BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { SignatureV4 } from '@smithy/signature-v4';
import t from 'tap';
import type { ChatRequest } from '../../../src/canonical/request.ts';
import { encodeRequest } from '../../../src/wire/bedrock/encode-request.ts';
import { encodeMetadata } from '../../../src/wire/bedrock/request-metadata.ts';
import { CREDENTIALS, call, MODEL, NEVER, providerFor, REGION, readAll } from './calls.ts';
import { ANSWER } from './frames.ts';
import { answerWith, type Recorded, record } from './recorder.ts';
import { Sha256 } from './sha256.ts';

const text = (words: string) => ({ kind: 'text' as const, text: words });
const turn = (role: 'user' | 'assistant', words: string) => ({ role, content: [text(words)] });

const REQUESTS: Partial<ChatRequest>[] = [
  {},
  {
    system: [text('Be brief.'), text('Be kind.')],
    temperature: 0,
    topP: 0.25,
    stopSequences: ['END', '\nHuman:'],
  },
  {
    turns: [
      turn('user', 'Grüße 日本 🙂'),
      turn('assistant', '"quoted"\\ \u2028 \u0007'),
      turn('user', 'x'.repeat(5000)),
    ],
  },
];

const MODELS = [
  'us.anthropic.claude-haiku-4-5-20251001-v1:0',
  'amazon.nova-pro-v1:0',
  'arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/a1b2c3',
  "odd'id(with)*every!thing~_.- +%2F",
];

/** Recomputes the signature of what arrived, as the service does, with the SDK's signer. */
async function isSignedRight(
  recorded: Recorded,
  credentials: { accessKeyId: string; secretAccessKey: string },
) {
  const { authorization = '', ...headers } = recorded.headers;
  const signed = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(';') ?? [];
  const [, y, mo, d, h, mi, s] = /^(....)(..)(..)T(..)(..)(..)Z$/.exec(headers['x-amz-date'] ?? '') ?? [];
  const sessionToken = headers['x-amz-security-token'];
  const signer = new SignatureV4({
    service: 'bedrock',
    region: REGION,
    credentials: sessionToken === undefined ? credentials : { ...credentials, sessionToken },
    sha256: Sha256,
  });
  const { headers: expected } = await signer.sign(
    {
      method: recorded.method,
      protocol: 'http:',
      hostname: 'unused',
      path: recorded.url,
      query: {},
      headers: Object.fromEntries(signed.map((name) => [name, headers[name] ?? ''])),
      body: recorded.body,
    },
    { signingDate: new Date(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`) },
  );
  const bodyHash = createHash('sha256').update(recorded.body).digest('hex');
  return expected.authorization === authorization && headers['x-amz-content-sha256'] === bodyHash;
}

type Body = Omit<ConverseCommandInput, 'modelId'>;

t.test('path, body bytes and signature are what the SDK sends, for every model and request', async (t) => {
  const recorder = await record(t, answerWith({ pieces: ANSWER }));
  const client = new BedrockRuntimeClient({
    region: REGION,
    endpoint: recorder.url,
    credentials: CREDENTIALS,
    authSchemePreference: ['sigv4'],
    requestHandler: new NodeHttpHandler(),
  });
  t.teardown(() => client.destroy());
  const provider = providerFor(t, recorder.url);

  for (const modelId of MODELS) {
    for (const changes of REQUESTS) {
      const ours = call('Hi', { ...changes, modelId });
      const encoded = encodeRequest(ours.request, {
        baseId: MODEL,
        capabilities: {},
        maxOutputTokens: 8_192,
        defaultMaxOutputTokens: 64,
      });
      // The SDK's types have bytes where the body has base64; none of these requests has any.
      const body = { ...encoded.body, requestMetadata: encodeMetadata(ours.admission) } as unknown as Body;
      recorder.requests.length = 0;

      await client.send(new ConverseCommand({ modelId, ...body }));
      await provider.complete(ours, { signal: NEVER });
      const { stream } = await client.send(new ConverseStreamCommand({ modelId, ...body }));
      for await (const _ of stream ?? []);
      await readAll(provider.stream(ours, { signal: NEVER }));

      const [sdkWhole, ourWhole, sdkStream, ourStream] = recorder.requests;
      for (const [theirs, mine] of [
        [sdkWhole, ourWhole],
        [sdkStream, ourStream],
      ]) {
        if (theirs === undefined || mine === undefined) throw new Error('a request is missing');
        t.equal(mine.method, theirs.method);
        t.equal(mine.url, theirs.url);
        t.equal(mine.body.toString(), theirs.body.toString());
        t.equal(mine.headers['content-type'], theirs.headers['content-type']);
        t.equal(mine.headers['content-length'], theirs.headers['content-length']);
        t.equal(mine.headers.host, theirs.headers.host);
        t.equal(mine.headers['x-amz-content-sha256'], theirs.headers['x-amz-content-sha256']);
        t.equal(await isSignedRight(theirs, CREDENTIALS), true, "the SDK's signature verifies");
        t.equal(await isSignedRight(mine, CREDENTIALS), true, 'ours verifies too');
      }
    }
  }
});

t.test('the verification above does notice a wrong signature', async (t) => {
  const recorder = await record(t);
  await providerFor(t, recorder.url).complete(call(), { signal: NEVER });
  const [recorded] = recorder.requests;
  if (recorded === undefined) throw new Error('the request is missing');
  t.equal(await isSignedRight(recorded, CREDENTIALS), true);
  t.equal(await isSignedRight({ ...recorded, body: Buffer.from('{}') }, CREDENTIALS), false);
  t.equal(await isSignedRight({ ...recorded, url: '/model/other/converse' }, CREDENTIALS), false);
  t.equal(await isSignedRight(recorded, { ...CREDENTIALS, secretAccessKey: 'other' }), false);
});

t.test('a session token is sent and signed', async (t) => {
  const recorder = await record(t);
  const provider = providerFor(t, recorder.url, { env: { AWS_SESSION_TOKEN: 'FwoGZXIvYXdzEXAMPLE//==' } });
  await provider.complete(call(), { signal: NEVER });
  const [recorded] = recorder.requests;
  if (recorded === undefined) throw new Error('the request is missing');
  t.equal(recorded.headers['x-amz-security-token'], 'FwoGZXIvYXdzEXAMPLE//==');
  t.match(recorded.headers.authorization, /x-amz-security-token/);
  t.equal(await isSignedRight(recorded, CREDENTIALS), true);
});

t.test('an endpoint with a path keeps it, as the SDK does', async (t) => {
  const recorder = await record(t);
  const endpoint = `${recorder.url}/gateway/bedrock`;
  const client = new BedrockRuntimeClient({
    region: REGION,
    endpoint,
    credentials: CREDENTIALS,
    authSchemePreference: ['sigv4'],
    requestHandler: new NodeHttpHandler(),
  });
  t.teardown(() => client.destroy());
  await client.send(new ConverseCommand({ modelId: 'm', messages: [] }));
  await providerFor(t, endpoint).complete(call('Hi', { modelId: 'm' }), { signal: NEVER });
  const [theirs, mine] = recorder.requests;
  if (theirs === undefined || mine === undefined) throw new Error('a request is missing');
  t.equal(mine.url, '/gateway/bedrock/model/m/converse');
  t.equal(mine.url, theirs.url);
  t.equal(await isSignedRight(mine, CREDENTIALS), true);

  await providerFor(t, `${endpoint}/`).complete(call('Hi', { modelId: 'm' }), { signal: NEVER });
  t.equal(
    recorder.requests.at(-1)?.url,
    '/gateway/bedrock/model/m/converse',
    'a trailing slash adds nothing',
  );
});
