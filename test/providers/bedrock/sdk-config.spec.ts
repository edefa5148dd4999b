import t from 'tap';
import { sdkConfig } from '../../../src/providers/bedrock/sdk-config.ts';

t.test("an environment of one's own stands in for the process's", async (t) => {
  t.same(
    sdkConfig({
      AWS_ENDPOINT_URL: 'http://general.example',
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: 'http://special.example',
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_SESSION_TOKEN: 'token',
      AWS_USE_FIPS_ENDPOINT: 'false',
      AWS_USE_DUALSTACK_ENDPOINT: 'True',
    }),
    {
      authSchemePreference: ['sigv4'],
      credentials: { accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'token' },
      endpoint: 'http://special.example',
      useFipsEndpoint: false,
      useDualstackEndpoint: true,
    },
  );
});

t.test('a bearer token goes before a key pair', async (t) => {
  t.match(sdkConfig({ AWS_BEARER_TOKEN_BEDROCK: 'b', AWS_ACCESS_KEY_ID: 'i', AWS_SECRET_ACCESS_KEY: 's' }), {
    token: { token: 'b' },
    authSchemePreference: ['httpBearerAuth'],
  });
});

t.test('blank variables and half a key pair say nothing', async (t) => {
  t.same(sdkConfig({ AWS_BEARER_TOKEN_BEDROCK: ' ', AWS_ENDPOINT_URL: '', AWS_ACCESS_KEY_ID: 'id' }), {
    authSchemePreference: ['sigv4'],
  });
});

t.test("the process's own bearer token is found when no environment is given", async (t) => {
  const before = process.env.AWS_BEARER_TOKEN_BEDROCK;
  t.teardown(() => {
    if (before === undefined) delete process.env.AWS_BEARER_TOKEN_BEDROCK;
    else process.env.AWS_BEARER_TOKEN_BEDROCK = before;
  });
  process.env.AWS_BEARER_TOKEN_BEDROCK = 'from-process';
  t.same(sdkConfig(undefined), {
    token: { token: 'from-process' },
    authSchemePreference: ['httpBearerAuth'],
  });
  t.same(sdkConfig({}), { authSchemePreference: ['sigv4'] });
  delete process.env.AWS_BEARER_TOKEN_BEDROCK;
  t.same(sdkConfig(undefined), {});
});
