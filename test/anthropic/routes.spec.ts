// Beside the messages: probes, models, wrong paths, browsers, and Claude Code's requests as they come.
import t from 'tap';
import { startTestGateway } from '../helpers/gateway.ts';
import { rawRequest } from '../helpers/raw-request.ts';
import { readFixtures } from '../wire/anthropic/read-fixtures.ts';
import { ask, clientOf, collect, MODEL } from './sdk.ts';

const VERSION = { 'anthropic-version': '2023-06-01' };

t.test('probes are answered without a key', async (t) => {
  const gateway = await startTestGateway(t);
  const probe = async (method: string, path: string) =>
    (await rawRequest(gateway.url, path, { method })).status;
  t.equal(await probe('HEAD', '/v1/messages'), 405);
  t.equal(await probe('GET', '/v1/messages'), 405);
  t.equal(await probe('HEAD', '/'), 404, 'the console is not built here');
});

t.test('wrong paths and wrong methods speak the dialect of who asks', async (t) => {
  const gateway = await startTestGateway(t);
  const error = async (method: string, path: string, headers = {}) => {
    const answer = await gateway.api(method, path, { headers });
    return { status: answer.status, type: answer.body.type, error: answer.body.error.type };
  };
  const wrong = { type: 'error', error: 'not_found_error', status: 404 };
  t.same(await error('POST', '/v1/messages/batches'), wrong);
  t.same(await error('POST', '/v1/messagesx', VERSION), wrong);
  t.same(await error('DELETE', '/v1/messages'), {
    type: 'error',
    error: 'invalid_request_error',
    status: 405,
  });
  t.same(await error('POST', '/v1/messagesx'), {
    type: undefined,
    error: 'invalid_request_error',
    status: 404,
  });
  t.same(await error('POST', '/v1/messages'), { type: 'error', error: 'authentication_error', status: 401 });
  t.same(await error('GET', '/v1/models', VERSION), {
    type: 'error',
    error: 'authentication_error',
    status: 401,
  });
});

t.test('bodies that are none are refused in the envelope', async (t) => {
  const gateway = await startTestGateway(t);
  const { secret } = await gateway.createKey();
  const send = (body: unknown, headers: Record<string, string> = {}) =>
    gateway.api('POST', '/v1/messages', { key: secret, body, headers });
  t.match(await send('{'), {
    status: 400,
    body: { type: 'error', error: { type: 'invalid_request_error' } },
  });
  t.match(await send('x', { 'content-type': 'text/csv' }), { status: 415, body: { type: 'error' } });
  const huge = `{"x":"${'x'.repeat(33 * 1024 * 1024)}"}`;
  t.match(await send(huge), { status: 413, body: { error: { type: 'request_too_large' } } });
  const answer = await send({});
  t.equal(answer.body.request_id, answer.headers.get('request-id'));
  t.equal(answer.body.request_id, answer.headers.get('x-request-id'));
});

t.test('models are listed in the shape of who asks', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const models = await collect(clientOf(gateway, key).models.list({ limit: 1_000 }));
  t.ok(models.length > 5);
  t.match(
    models.find(({ id }) => id === MODEL),
    { type: 'model', id: MODEL, display_name: String, created_at: /Z$/, max_input_tokens: 200_000 },
  );
  t.match(await clientOf(gateway, key).models.retrieve(MODEL), { type: 'model', id: MODEL });
  const openAi = await gateway.api('GET', '/v1/models', { key: key.secret });
  t.equal(openAi.body.object, 'list');
  const missing = await gateway.api('GET', '/v1/models/nobody', { key: key.secret, headers: VERSION });
  t.match(missing, { status: 404, body: { type: 'error', error: { type: 'not_found_error' } } });
});

t.test('browsers may send Anthropic’s headers and read its answers', async (t) => {
  const gateway = await startTestGateway(t);
  const origin = 'https://app.example';
  const wanted = 'anthropic-beta,anthropic-dangerous-direct-browser-access,anthropic-version,x-api-key';
  const preflight = await gateway.api('OPTIONS', '/v1/messages', {
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': wanted,
    },
  });
  t.equal(preflight.status, 204);
  t.equal(preflight.headers.get('access-control-allow-headers'), wanted);
  const key = await gateway.createKey();
  const answer = await gateway.api('POST', '/v1/messages', {
    headers: { origin, 'x-api-key': key.secret, 'anthropic-dangerous-direct-browser-access': 'true' },
    body: ask('ping'),
  });
  t.equal(answer.headers.get('access-control-allow-origin'), '*');
  for (const name of ['request-id', 'retry-after', 'anthropic-ratelimit-requests-reset'])
    t.ok(answer.headers.get('access-control-expose-headers')?.split(/, */).includes(name), name);
});

for (const { name, query, headers, body, expected } of readFixtures())
  t.test(name, async (t) => {
    const gateway = await startTestGateway(t);
    const key = await gateway.createKey({ month_quota: '100' });
    const model = String(body.model).replace(expected.model, 'us.anthropic.claude-sonnet-5-5');
    const answer = await gateway.api('POST', `/v1/messages${query}`, {
      headers: { ...headers, authorization: `Bearer ${key.secret}`, 'user-agent': 'claude-cli/2.1.0' },
      body: { ...body, model },
    });
    t.equal(answer.status, 200, JSON.stringify(answer.body));
    if (body.stream !== true) t.equal(answer.body.model, model);
    else {
      t.ok(answer.body.includes(`"model":${JSON.stringify(model)}`), 'as the client wrote it');
      t.match(answer.body, /event: message_stop\n/);
    }
    const sent = JSON.stringify(gateway.simulator.journal.entries()[0]?.request);
    t.equal(
      sent.split('"cachePoint"').length - 1,
      Math.min(4, expected.cachePoints),
      'as many as Bedrock takes',
    );
    t.equal(sent.split('"toolSpec"').length - 1, expected.toolNames.length);
    t.equal(sent.includes('"type":"adaptive"'), expected.reasoning !== null);
    for (const dropped of expected.dropped)
      t.ok(answer.headers.get('x-gateway-dropped-params')?.split(', ').includes(dropped), dropped);
  });
