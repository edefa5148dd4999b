// The rules a key lives by: when, from where, which models, with what defaults.
import OpenAI from 'openai';
import t from 'tap';
import { type NewKey, startTestGateway, type TestGateway } from '../../helpers/gateway.ts';
import { signIn } from '../auth/sign-in.ts';

const update = async (gateway: TestGateway, id: number, body: object) => {
  const answer = await gateway.admin('POST', '/admin/api-key/update', { id, ...body });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
};
const detail = async (gateway: TestGateway, id: number) =>
  (await gateway.admin('GET', `/admin/api-key/detail/${id}`)).body.data;
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
/** Resolves when the clock has passed it. */
const until = (moment: string) =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, Date.parse(moment) - Date.now()) + 5));

const RULES = {
  expires_at: '2099-01-31T12:00:00.000Z',
  allowed_cidrs: ['10.0.0.0/8', '2001:db8::/32', '127.0.0.1'],
  allowed_models: ['claude-3-haiku', 'mistral-*'],
  logging: 'metadata',
  defaults: { model: 'claude-3-haiku', max_tokens: 32, temperature: 0, top_p: 0.5, latency: 'optimized' },
  may_choose: ['service_tier', 'guardrail'],
  requests_per_minute: 60,
  tokens_per_minute: 1,
  parallel_requests: 2147483647,
};
const NO_RULES = {
  expires_at: null,
  allowed_cidrs: null,
  allowed_models: null,
  logging: 'full',
  defaults: {},
  may_choose: [],
  requests_per_minute: null,
  tokens_per_minute: null,
  parallel_requests: null,
};

t.test(
  'the rules of a key come back as they were given, and each can be changed and taken away',
  async (t) => {
    const gateway = await startTestGateway(t);
    const bare = await gateway.createKey();
    t.match(await detail(gateway, bare.id), { ...NO_RULES, previous_expires_at: null });
    const key = await gateway.createKey(RULES);
    t.match(await detail(gateway, key.id), RULES);
    const listed = (await gateway.admin('GET', '/admin/api-key/list')).body.data.items[0];
    t.same(listed, await detail(gateway, key.id));
    t.same((await gateway.api('GET', '/user/api-key/mine', { key: key.secret })).body.data, listed);

    for (const [name, value] of Object.entries(NO_RULES)) {
      const before = await detail(gateway, key.id);
      await update(gateway, key.id, { [name]: name === 'defaults' ? null : value });
      const after = await detail(gateway, key.id);
      t.same(after, { ...before, [name]: value, updated_at: after.updated_at }, name);
      await update(gateway, key.id, { [name]: before[name] });
      t.same((await detail(gateway, key.id))[name], before[name], `${name}, again`);
    }
    await update(gateway, key.id, { expires_at: '2098-06-01T02:00:00+02:00' });
    t.equal((await detail(gateway, key.id)).expires_at, '2098-06-01T00:00:00.000Z', 'in UTC');
  },
);

t.test('an expired key is refused by that name, everywhere, though it is remembered', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const cookie = await signIn(gateway, key.secret);
  const mine = (headers: Record<string, string>) => gateway.api('GET', '/user/api-key/mine', { headers });
  const expires_at = inMs(700);
  await update(gateway, key.id, { expires_at });
  t.equal((await mine({ 'x-api-key': key.secret })).status, 200, 'it is in memory now');
  const feed = await fetch(`${gateway.url}/user/events`, { headers: { 'x-api-key': key.secret } });
  await until(expires_at);
  const refused = await mine({ 'x-api-key': key.secret });
  t.match(refused, { status: 401, body: { success: false, error: { code: 'KEY_EXPIRED' } } });
  const chat = await gateway.chat(key);
  t.match(chat, { status: 401, body: { error: { code: 'invalid_api_key', message: /expired/ } } });
  t.equal((await mine({ cookie })).status, 401, 'its console session ends too');
  t.match(await gateway.api('POST', '/console/session', { body: { api_key: key.secret } }), {
    status: 401,
    body: { error: { code: 'KEY_EXPIRED' } },
  });
  // Ends, however it ends.
  await feed.text().catch(() => undefined);
  t.pass('its live feed ends');

  const replica = await startTestGateway(t, { database: gateway.testDatabase, simulator: gateway.simulator });
  const there = await replica.api('GET', '/user/api-key/mine', { key: key.secret });
  t.equal(there.body.error.code, 'KEY_EXPIRED', 'who does not remember it says the same');
  await update(gateway, key.id, { expires_at: inMs(60_000) });
  t.equal((await mine({ 'x-api-key': key.secret })).status, 200, 'more time brings it back');
  t.equal(gateway.simulator.journal.entries().length, 0);
});

t.test('a key works from its addresses only, as the trusted proxy names them', async (t) => {
  const gateway = await startTestGateway(t, { env: { TRUST_PROXY: '127.0.0.1' } });
  const key = await gateway.createKey({ role: 'admin', allowed_cidrs: ['10.0.0.0/8', '2001:db8::/32'] });
  const from = (address: string) => ({ 'x-forwarded-for': address });
  const chat = (address: string) => gateway.chat(key, {}, from(address));
  for (const inside of ['10.1.2.3', '::ffff:10.1.2.3', '2001:db8:1::9']) {
    t.equal((await chat(inside)).status, 200, inside);
    t.equal(
      (await gateway.api('GET', '/admin/group/list', { key: key.secret, headers: from(inside) })).status,
      200,
    );
  }
  const sent = gateway.simulator.journal.entries().length;
  for (const outside of ['11.0.0.1', '::ffff:11.0.0.1', '2001:db9::1', 'unknown', '10.1.2.3, 192.0.2.1'])
    t.match(await chat(outside), { status: 403, body: { error: { code: 'forbidden' } } }, outside);
  t.equal(gateway.simulator.journal.entries().length, sent);
  const signingIn = (address: string) =>
    gateway.api('POST', '/console/session', { body: { api_key: key.secret }, headers: from(address) });
  t.match(await signingIn('11.0.0.1'), { status: 403, body: { error: { code: 'ADDRESS_NOT_ALLOWED' } } });
  t.same((await signingIn('11.0.0.1')).headers.getSetCookie(), []);
  const cookie = (await signingIn('10.0.0.1')).headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const mine = (address: string) =>
    gateway.api('GET', '/user/api-key/mine', { headers: { cookie, ...from(address) } });
  t.equal((await mine('10.0.0.2')).status, 200);
  t.equal((await mine('11.0.0.2')).status, 403, 'nor can its cookie be carried elsewhere');
});

t.test('without a trusted proxy the header says nothing', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey({ allowed_cidrs: ['10.0.0.0/8'] });
  const mine = (headers?: Record<string, string>) =>
    gateway.api('GET', '/user/api-key/mine', { key: key.secret, ...(headers && { headers }) });
  t.equal((await mine({ 'x-forwarded-for': '10.0.0.1' })).status, 403);
  await update(gateway, key.id, { allowed_cidrs: ['127.0.0.0/8'] });
  t.equal((await mine()).status, 200);
});

t.test('a key asks only for the models that its list and its group have', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const setGroup = (allowed_models: string[] | null) =>
    gateway.admin('POST', '/admin/group/update', { id: 1, allowed_models });
  const names = async () =>
    (await gateway.api('GET', '/v1/models', { key: key.secret })).body.data.map(
      ({ id }: { id: string }) => id,
    );
  const all = await names();
  t.ok(all.length > 5);
  const cases: [own: string[] | null, group: string[] | null, allowed: (name: string) => boolean][] = [
    [null, null, () => true],
    [['claude-3-haiku'], null, (name) => name === 'claude-3-haiku'],
    [['claude-3-*'], null, (name) => name.startsWith('claude-3-')],
    [['claude-3-*', 'mistral-small'], ['mistral-*'], (name) => name === 'mistral-small'],
    [null, ['llama3-*'], (name) => name.startsWith('llama3-')],
    [['*'], ['*'], () => true],
    [['claude-3'], null, () => false],
    [['CLAUDE-3-HAIKU'], null, () => false],
  ];
  await update(gateway, key.id, { group_id: 1 });
  let served = 0;
  for (const [own, group, isAllowed] of cases) {
    await update(gateway, key.id, { allowed_models: own });
    t.equal((await setGroup(group)).status, 200);
    t.same(await names(), all.filter(isAllowed), JSON.stringify([own, group]));
    for (const model of ['claude-3-haiku', 'mistral-small', 'llama3-8b']) {
      const answer = await gateway.chat(key, { model });
      if (isAllowed(model)) served += 1;
      t.equal(answer.status, isAllowed(model) ? 200 : 403, `${JSON.stringify([own, group])} ${model}`);
      if (!isAllowed(model))
        t.match(answer.body, {
          error: { code: 'model_not_allowed', param: 'model', type: 'invalid_request_error' },
        });
      const one = await gateway.api('GET', `/v1/models/${model}`, { key: key.secret });
      t.equal(one.status, isAllowed(model) ? 200 : 404);
    }
  }
  t.equal(gateway.simulator.journal.entries().length, served, 'nothing else was sent');
  await gateway.recorded(served);
  t.equal((await gateway.admin('GET', '/admin/thread/list')).body.data.total, String(served), 'or recorded');
  t.equal((await gateway.chat(key, { model: 'nobody' })).status, 404, 'unknown is not forbidden');
});

t.test('a list of models cannot be widened by a name that only the fallback model answers', async (t) => {
  const gateway = await startTestGateway(t);
  await gateway.database
    .sql`insert into model (name, target, base_id, price_scope, region, display_name, vendor,
    context_tokens, max_output_tokens) select 'default', target, base_id, price_scope, region, 'Default', vendor,
    context_tokens, max_output_tokens from model where name = 'claude-3-haiku'`;
  await gateway.app.models.reload();
  const key = await gateway.createKey({ allowed_models: ['cheap-*'] });
  t.equal((await gateway.chat(key, { model: 'cheap-but-unknown' })).status, 403);
  await update(gateway, key.id, { allowed_models: ['default'] });
  t.equal((await gateway.chat(key, { model: 'cheap-but-unknown' })).status, 200);
});

/** What reached the upstream last. */
const lastCall = (gateway: TestGateway) => gateway.simulator.journal.entries().at(-1);

t.test('defaults fill in where a request says nothing, and never where it says something', async (t) => {
  const gateway = await startTestGateway(t);
  const defaults = { model: 'mistral-small', max_tokens: 33, temperature: 0.25, top_p: 0.75 };
  const key = await gateway.createKey({ defaults });
  const messages = [{ role: 'user', content: 'ping' }];
  const ask = (body: object) =>
    gateway.api('POST', '/v1/chat/completions', { key: key.secret, body: { messages, ...body } });
  const silent = await ask({});
  t.match(silent, { status: 200, body: { model: 'mistral-small' } });
  t.match(lastCall(gateway), {
    modelId: 'mistral.mistral-small-2402-v1:0',
    request: { inferenceConfig: { maxTokens: 33, temperature: 0.25, topP: 0.75 } },
  });
  const said = { model: 'claude-3-haiku', max_tokens: 8, temperature: 0, top_p: 1 };
  t.match(await ask(said), { status: 200, body: { model: 'claude-3-haiku' } });
  t.match(lastCall(gateway), { request: { inferenceConfig: { maxTokens: 8, temperature: 0, topP: 1 } } });
  await ask({ max_completion_tokens: 9, temperature: null });
  t.match(
    lastCall(gateway),
    { request: { inferenceConfig: { maxTokens: 9, temperature: 0.25 } } },
    'null says nothing',
  );
  t.equal((await ask({ model: '' })).status, 400, 'a model that is wrong is not absent');
  t.equal((await ask({ model: null })).status, 400);

  const openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: key.secret });
  const stream = await openai.chat.completions.create({ messages, stream: true } as never);
  const models = new Set<string>();
  for await (const chunk of stream as unknown as AsyncIterable<{ model: string }>) models.add(chunk.model);
  t.same([...models], ['mistral-small'], "the SDK streams with the key's own model");
  const bare = await gateway.createKey();
  const without = await gateway.api('POST', '/v1/chat/completions', { key: bare.secret, body: { messages } });
  t.match(without, { status: 400, body: { error: { param: 'model' } } });
});

t.test("a default reserves money like the client's own word", async (t) => {
  const gateway = await startTestGateway(t);
  const key: NewKey = await gateway.createKey({ month_quota: '0.001', defaults: { max_tokens: 8000 } });
  const messages = [{ role: 'user', content: 'ping' }];
  const ask = (body: object) =>
    gateway.api('POST', '/v1/chat/completions', {
      key: key.secret,
      body: { model: 'claude-3-haiku', messages, ...body },
    });
  t.equal((await ask({})).status, 429, '8,000 tokens do not fit');
  t.equal((await ask({ max_tokens: 16 })).status, 200);
});
