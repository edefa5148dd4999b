import assert from 'node:assert/strict';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import t from 'tap';
import { createSigner, encodeSegment, type SigningIdentity } from '../../../src/providers/bedrock/signer.ts';
import { Sha256 } from './sha256.ts';

async function reference(
  request: {
    host: string;
    path: string;
    body: Uint8Array;
    metadata?: string | undefined;
    nowMs: number;
    region: string;
  },
  credentials: SigningIdentity,
): Promise<Record<string, string>> {
  const { host, path, body, metadata, nowMs, region } = request;
  const identity = { accessKeyId: credentials.accessKeyId, secretAccessKey: credentials.secretAccessKey };
  const signer = new SignatureV4({
    service: 'bedrock',
    region,
    credentials: credentials.sessionToken === undefined ? identity : { ...identity, ...credentials },
    sha256: Sha256,
  });
  const extra: Record<string, string> =
    metadata === undefined ? {} : { 'x-amzn-bedrock-request-metadata': metadata };
  const headers = { host, 'content-type': 'application/json', ...extra };
  const unsigned = { method: 'POST', protocol: 'https:', hostname: host, path, query: {}, headers, body };
  return (await signer.sign(unsigned, { signingDate: new Date(nowMs) })).headers;
}

function asRecord(headers: string[]): Record<string, string> {
  const pairs: [string, string][] = [];
  for (let at = 0; at < headers.length; at += 2) pairs.push([headers[at] ?? '', headers[at + 1] ?? '']);
  return Object.fromEntries(pairs);
}

const token = fc.string({ unit: fc.constantFrom(...'ABCabc0189+/='), minLength: 1, maxLength: 200 });
const identity = fc.record({
  accessKeyId: fc.string({ unit: fc.constantFrom(...'AKIASX0123456789'), minLength: 16, maxLength: 20 }),
  secretAccessKey: token,
  sessionToken: fc.option(token, { nil: undefined }),
});
const modelId = fc.oneof(
  fc.constantFrom(
    'us.anthropic.claude-haiku-4-5-20251001-v1:0',
    'arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc',
    "odd'id(with)*every!thing~_.-",
    'a b+c%2Fd?e=f&g#h',
    'ünï/コード🙂',
  ),
  fc.string({ minLength: 1, maxLength: 60 }).filter((id) => !/^\.+$/.test(id) && id.isWellFormed()),
);
const request = fc.record({
  host: fc.constantFrom('bedrock-runtime.us-east-1.amazonaws.com', '127.0.0.1:8080', 'proxy.example'),
  path: fc
    .tuple(
      fc.constantFrom('', '/base', '/base/two'),
      modelId,
      fc.constantFrom('converse', 'converse-stream', 'invoke'),
    )
    .map(([base, id, operation]) => `${base}/model/${encodeSegment(id)}/${operation}`),
  body: fc.string({ unit: 'grapheme', maxLength: 300 }).map((text) => Buffer.from(text)),
  metadata: fc.option(
    fc.uuid().map((id) => JSON.stringify({ gw_exchange: id, gw_key: '7' })),
    { nil: undefined },
  ),
  nowMs: fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2090, 0) }),
});

t.test("every header equals the SDK's signer's, whatever is signed", async (t) => {
  let compared = 0;
  const region = 'eu-west-1';
  // One signer for all, so that its cached key and clock are met by other identities and days.
  const signer = createSigner(region);
  await fc.assert(
    fc.asyncProperty(request, identity, async (signable, credentials) => {
      const expected = await reference({ ...signable, region }, credentials);
      const actual = asRecord(signer.sign(signable, credentials));
      compared += 1;
      assert.deepEqual(sorted(actual), sorted(expected));
    }),
    { numRuns: 400 },
  );
  t.equal(compared, 400);
});

function sorted(headers: Record<string, string>): [string, string][] {
  return Object.entries(headers).sort(([a], [b]) => a.localeCompare(b));
}

t.test('the cached key follows the day, the secret and nothing else', async (t) => {
  const signer = createSigner('us-east-1');
  const body = Buffer.from('{}');
  const host = 'bedrock-runtime.us-east-1.amazonaws.com';
  const midnight = Date.UTC(2026, 10, 24);
  for (const nowMs of [midnight - 1, midnight, midnight + 999, midnight + 1000, midnight - 86_400_000]) {
    for (const secretAccessKey of ['one', 'two', 'one']) {
      const signable = { host, path: '/model/m/converse', body, nowMs };
      const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey };
      const expected = await reference({ ...signable, region: 'us-east-1' }, credentials);
      t.equal(asRecord(signer.sign(signable, credentials)).authorization, expected.authorization);
    }
  }
});
