// Targets under credentials of their own: each identity is on the wire where it belongs and nowhere else.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { CredentialSource } from '../../../src/canonical/admission.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { call, NEVER, providerFor, rejection } from './calls.ts';
import { answerWith, type Recorder, record } from './recorder.ts';

const ROLE = 'arn:aws:iam::123456789012:role/bedrock-eu';

const identities = (recorder: Recorder) =>
  recorder.requests
    .filter(({ url }) => url.startsWith('/model/'))
    .map(({ headers: { authorization = '' } }) =>
      /Credential=(\w+)|Bearer (.+)/.exec(authorization)?.slice(1),
    )
    .map((found) => found?.find((each) => each !== undefined));

/** Two profiles in files that the SDK is told to read, for one test. */
function withProfiles(t: Test): void {
  const folder = temporaryFolder(t);
  const credentials = join(folder, 'credentials');
  const section = (name: string, id: string) =>
    `[${name}]\naws_access_key_id = ${id}\naws_secret_access_key = secret\n`;
  writeFileSync(credentials, section('team-a', 'AKIDTEAMA') + section('team-b', 'AKIDTEAMB'));
  const changes = { AWS_SHARED_CREDENTIALS_FILE: credentials, AWS_CONFIG_FILE: join(folder, 'config') };
  const before = Object.keys(changes).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, changes);
  t.teardown(() => {
    for (const [name, value] of before)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  });
}

t.test('profiles, Bedrock API keys and the process itself are kept apart, in one region', async (t) => {
  withProfiles(t);
  const recorder = await record(t);
  const provider = providerFor(t, recorder.url, {
    env: { AWS_BEARER_TOKEN_EU: 'key-of-eu', AWS_BEARER_TOKEN_US: 'key-of-us' },
  });
  const sources: (CredentialSource | undefined)[] = [
    { kind: 'profile', profile: 'team-a' },
    { kind: 'bearer', variable: 'AWS_BEARER_TOKEN_EU' },
    undefined,
    { kind: 'profile', profile: 'team-b' },
    { kind: 'bearer', variable: 'AWS_BEARER_TOKEN_US' },
    { kind: 'profile', profile: 'team-a' },
  ];
  for (const credentials of sources)
    await provider.complete(call('Hi', credentials && { credentials }), { signal: NEVER });
  t.same(identities(recorder), [
    'AKIDTEAMA',
    'key-of-eu',
    'AKIDEXAMPLE',
    'AKIDTEAMB',
    'key-of-us',
    'AKIDTEAMA',
  ]);
});

t.test("a target's own credentials win over the process's Bedrock API key", async (t) => {
  withProfiles(t);
  const recorder = await record(t);
  const provider = providerFor(t, recorder.url, { env: { AWS_BEARER_TOKEN_BEDROCK: 'key-of-the-process' } });
  await provider.complete(call('Hi', { credentials: { kind: 'profile', profile: 'team-a' } }), {
    signal: NEVER,
  });
  await provider.complete(call(), { signal: NEVER });
  t.same(identities(recorder), ['AKIDTEAMA', 'key-of-the-process']);
});

t.test("a role is assumed once, with the process's credentials and the external id", async (t) => {
  const expiration = new Date(Date.now() + 3_600_000).toISOString();
  const assumed = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
    <AssumedRoleUser><Arn>${ROLE}/x</Arn><AssumedRoleId>AROA:x</AssumedRoleId></AssumedRoleUser>
    <Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>
    <SessionToken>token-of-the-role</SessionToken><Expiration>${expiration}</Expiration></Credentials>
    </AssumeRoleResult></AssumeRoleResponse>`;
  const bedrock = answerWith({});
  const recorder = await record(t, (response, recorded) => {
    if (recorded.url.startsWith('/model/')) return bedrock(response, recorded);
    return response.setHeader('content-type', 'text/xml').end(assumed);
  });
  const provider = providerFor(t, recorder.url, { env: { AWS_ENDPOINT_URL_STS: recorder.url } });
  const credentials: CredentialSource = { kind: 'role', roleArn: ROLE, externalId: 'ext-1' };
  for (let count = 0; count < 2; count += 1)
    await provider.complete(call('Hi', { credentials }), { signal: NEVER });
  t.same(identities(recorder), ['ASIAROLE', 'ASIAROLE']);
  t.equal(recorder.requests.at(-1)?.headers['x-amz-security-token'], 'token-of-the-role');
  const assumptions = recorder.requests.filter(({ url }) => !url.startsWith('/model/'));
  t.equal(assumptions.length, 1);
  t.match(assumptions[0]?.headers.authorization, /Credential=AKIDEXAMPLE\/\d{8}\/us-east-1\/sts\//);
  const form = new URLSearchParams(assumptions[0]?.body.toString());
  t.match(Object.fromEntries(form), {
    Action: 'AssumeRole',
    RoleArn: ROLE,
    ExternalId: 'ext-1',
    RoleSessionName: 'brconnector',
  });
});

t.test(
  'credentials that are not there are an auth error that names no secret, and nothing is sent',
  async (t) => {
    withProfiles(t);
    const recorder = await record(t);
    const provider = providerFor(t, recorder.url, {
      env: { AWS_BEARER_TOKEN_EMPTY: ' ', SECRET_OF_ANOTHER: 'never to be sent' },
    });
    const sources: CredentialSource[] = [
      { kind: 'profile', profile: 'nobody' },
      { kind: 'bearer', variable: 'AWS_BEARER_TOKEN_MISSING' },
      { kind: 'bearer', variable: 'AWS_BEARER_TOKEN_EMPTY' },
      // The catalogue refuses such a name; whatever it says, no other variable of the process leaves it.
      { kind: 'bearer', variable: 'SECRET_OF_ANOTHER' },
    ];
    for (const credentials of sources) {
      const error = await rejection(provider.complete(call('Hi', { credentials }), { signal: NEVER }));
      t.match(error, { kind: 'auth', message: 'The gateway could not authenticate with the upstream.' });
      t.notMatch(String(error), /nobody|AWS_BEARER|SECRET/);
    }
    t.equal(recorder.requests.length, 0);
  },
);
