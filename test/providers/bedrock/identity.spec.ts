import t from 'tap';
import { createBedrockProvider } from '../../../src/providers/bedrock/index.ts';
import { resolveRegion } from '../../../src/providers/bedrock/region.ts';
import { asking, CREDENTIALS, call, kindOf, NEVER, providerFor, rejection } from './calls.ts';
import { connectionsAreFree, record } from './recorder.ts';

const SET_ASIDE = ['AWS_BEARER_TOKEN_BEDROCK', 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME', 'AWS_ENDPOINT_URL'];

/** Variables of the process for one test. */
function withProcessEnv(
  t: { teardown(action: () => unknown): unknown },
  changes: Record<string, string>,
): void {
  const names = [...SET_ASIDE, ...Object.keys(changes)];
  const before = names.map((name) => [name, process.env[name]] as const);
  for (const name of names) delete process.env[name];
  Object.assign(process.env, changes);
  t.teardown(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
}

t.test(
  'a Bedrock API key is sent as a bearer token, without a signature or a hash of the body',
  async (t) => {
    const recorder = await record(t);
    const provider = providerFor(t, recorder.url, {
      env: { AWS_BEARER_TOKEN_BEDROCK: 'bedrock-api-key-abc' },
    });
    await provider.complete(call(), { signal: NEVER });
    const headers = recorder.requests[0]?.headers ?? {};
    t.equal(headers.authorization, 'Bearer bedrock-api-key-abc');
    t.notOk('x-amz-content-sha256' in headers || 'x-amz-date' in headers);
  },
);

t.test("the process's endpoint, key pair and bearer token are found as the SDK finds them", async (t) => {
  const recorder = await record(t);
  withProcessEnv(t, {
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: recorder.url,
    AWS_ACCESS_KEY_ID: 'AKIDPROCESS',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: '',
    AWS_EC2_METADATA_DISABLED: 'true',
  });
  const signing = createBedrockProvider();
  t.teardown(() => signing.close());
  await asking(signing).complete(call(), { signal: NEVER });
  t.match(
    recorder.requests[0]?.headers.authorization,
    /^AWS4-HMAC-SHA256 Credential=AKIDPROCESS\/\d{8}\/us-east-1\/bedrock\//,
  );

  process.env.AWS_BEARER_TOKEN_BEDROCK = 'key-of-the-process';
  const bearing = createBedrockProvider();
  t.teardown(() => bearing.close());
  await asking(bearing).complete(call(), { signal: NEVER });
  t.equal(recorder.requests[1]?.headers.authorization, 'Bearer key-of-the-process');

  await providerFor(t, recorder.url).complete(call(), { signal: NEVER });
  t.match(
    recorder.requests[2]?.headers.authorization,
    /AKIDEXAMPLE/,
    "an environment of one's own has no bearer token",
  );
});

t.test('each call goes to the region of its admission', async (t) => {
  const recorder = await record(t);
  const provider = providerFor(t, recorder.url);
  for (const region of ['eu-central-1', 'ap-northeast-1', 'eu-central-1']) {
    await provider.complete(call('Hi', { region }), { signal: NEVER });
    await connectionsAreFree();
  }
  const scopes = recorder.requests.map(({ headers }) => headers.authorization?.split('/')[2]);
  t.same(scopes, ['eu-central-1', 'ap-northeast-1', 'eu-central-1']);
  t.equal(recorder.sockets.size, 1, 'regions at one endpoint share its connections');
});

t.test("without an endpoint of one's own the SDK's rules decide, over TLS", async (t) => {
  withProcessEnv(t, {});
  const origin = async (region: string, config: object = {}) => {
    const resolved = await resolveRegion({
      region,
      config: { credentials: CREDENTIALS, ...config },
      now: Date.now,
    });
    resolved.close();
    return resolved.origin + resolved.basePath;
  };
  t.equal(await origin('eu-west-1'), 'https://bedrock-runtime.eu-west-1.amazonaws.com');
  t.equal(
    await origin('us-east-1', { useFipsEndpoint: true }),
    'https://bedrock-runtime-fips.us-east-1.amazonaws.com',
  );
  t.equal(
    await origin('us-east-1', { useDualstackEndpoint: true }),
    'https://bedrock-runtime.us-east-1.api.aws',
  );
  t.equal(await origin('cn-north-1'), 'https://bedrock-runtime.cn-north-1.amazonaws.com.cn');
  t.equal(await origin('us-east-1', { endpoint: 'http://[::1]:8080/x' }), 'http://[::1]:8080/x');
});

t.test(
  'credentials that cannot be had are an auth error that names nothing, and are asked for again',
  async (t) => {
    const recorder = await record(t);
    let asked = 0;
    const provider = providerFor(t, recorder.url, {
      credentials: async () => {
        asked += 1;
        if (asked === 1) throw new Error('profile [secret-profile] of account 123456789012 not found');
        return CREDENTIALS;
      },
    });
    const error = await rejection(provider.complete(call(), { signal: NEVER }));
    t.match(error, { kind: 'auth', message: 'The gateway could not authenticate with the upstream.' });
    t.match(error, { cause: /secret-profile/ }, 'the cause is kept for the log');
    t.equal(recorder.requests.length, 0);
    await provider.complete(call(), { signal: NEVER });
    t.equal(recorder.requests.length, 1);
  },
);

t.test('credentials are kept until they are about to expire, then renewed', async (t) => {
  const recorder = await record(t);
  let asked = 0;
  const lifetimes = [3_600_000, 1_000, 3_600_000];
  const provider = providerFor(t, recorder.url, {
    credentials: async () => {
      const expiration = new Date(Date.now() + (lifetimes[asked % 3] ?? 0));
      asked += 1;
      return { ...CREDENTIALS, accessKeyId: `AKID${asked}`, expiration };
    },
  });
  for (let count = 0; count < 3; count++) await provider.complete(call(), { signal: NEVER });
  t.equal(asked, 1);
  t.match(recorder.requests[2]?.headers.authorization, /AKID1/);

  asked = 1;
  const renewing = providerFor(t, recorder.url, {
    credentials: async () => {
      const expiration = new Date(Date.now() + (lifetimes[asked % 3] ?? 0));
      asked += 1;
      return { ...CREDENTIALS, accessKeyId: `AKID${asked}`, expiration };
    },
  });
  await renewing.complete(call(), { signal: NEVER });
  await renewing.complete(call(), { signal: NEVER });
  t.match(recorder.requests.at(-1)?.headers.authorization, /AKID3/, 'the second were about to expire');
});

t.test(
  'credentials that can no longer be renewed are an auth error of the call that needed them',
  async (t) => {
    const recorder = await record(t);
    let asked = 0;
    const provider = providerFor(t, recorder.url, {
      credentials: async () => {
        asked += 1;
        if (asked > 1) throw new Error('the role is gone');
        return { ...CREDENTIALS, expiration: new Date(Date.now() - 1_000) };
      },
    });
    const error = await rejection(provider.complete(call(), { signal: NEVER }));
    t.match(error, { kind: 'auth', cause: { message: 'the role is gone' } });
    t.equal(recorder.requests.length, 0);
  },
);

t.test('a bearer token that is preferred but missing is an auth error', async (t) => {
  const recorder = await record(t);
  withProcessEnv(t, {
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: recorder.url,
    AWS_AUTH_SCHEME_PREFERENCE: 'httpBearerAuth',
    AWS_ACCESS_KEY_ID: 'AKIDPROCESS',
    AWS_SECRET_ACCESS_KEY: 'secret',
  });
  const provider = createBedrockProvider();
  t.teardown(() => provider.close());
  t.equal(kindOf(await rejection(asking(provider).complete(call(), { signal: NEVER }))), 'auth');
  t.equal(recorder.requests.length, 0);
});

t.test('a model id that would climb out of its path is not found, and nothing is sent', async (t) => {
  const recorder = await record(t);
  const provider = providerFor(t, recorder.url);
  for (const modelId of ['', '.', '..']) {
    t.equal(
      kindOf(await rejection(provider.complete(call('Hi', { modelId }), { signal: NEVER }))),
      'not_found',
    );
  }
  t.equal(recorder.requests.length, 0);
});

t.test('what the model does not take is left out by its capabilities, whatever its id', async (t) => {
  const recorder = await record(t);
  const provider = providerFor(t, recorder.url);
  const changes = { modelId: 'us.anthropic.claude-opus-5-5', temperature: 0.5 };
  await provider.complete(call('Hi', { ...changes, capabilities: { sampling: 'none' } }), { signal: NEVER });
  await provider.complete(call('Hi', changes), { signal: NEVER });
  const configs = recorder.requests.map(({ body }) => JSON.parse(body.toString()).inferenceConfig);
  t.same(configs, [{ maxTokens: 64 }, { maxTokens: 64, temperature: 0.5 }]);
});
