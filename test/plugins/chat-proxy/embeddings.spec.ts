// Embeddings through the whole gateway, as the official SDK asks for them: answers, money, limits and refusals.
import OpenAI from 'openai';
import t from 'tap';
import { type NewKey, startTestGateway, type TestGateway } from '../../helpers/gateway.ts';

const TITAN = 'amazon.titan-embed-text-v2:0';
const COHERE = 'cohere.embed-english-v3';

const clientOf = (gateway: TestGateway, key: NewKey) =>
  new OpenAI({ apiKey: key.secret, baseURL: `${gateway.url}/v1`, maxRetries: 0 });

const embed = (gateway: TestGateway, key: NewKey, body: object, headers: Record<string, string> = {}) =>
  gateway.api('POST', '/v1/embeddings', { key: key.secret, headers, body: { model: TITAN, ...body } });

async function newestThread(gateway: TestGateway, key: NewKey) {
  const list = await gateway.api('GET', '/user/thread/list?limit=1', { key: key.secret });
  const path = `/user/thread/detail/${list.body.data.items[0].id}`;
  return (await gateway.api('GET', path, { key: key.secret })).body.data;
}

t.test('what the SDK decodes from base64 is what it gets as floats, in the order of the texts', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const client = clientOf(gateway, key);
  const input = Array.from({ length: 20 }, (_, index) => `text ${index}`);
  const models = {
    [TITAN]: 1024,
    'amazon.titan-embed-text-v1': 1536,
    [COHERE]: 1024,
    'cohere.embed-multilingual-v3': 1024,
    'cohere.embed-v4:0': 1536,
    'amazon.nova-2-multimodal-embeddings-v1:0': 3072,
  };
  for (const [model, length] of Object.entries(models)) {
    const coded = await client.embeddings.create({ model, input });
    const plain = await client.embeddings.create({ model, input, encoding_format: 'float' });
    t.same(
      coded.data.map(({ embedding }) => embedding),
      plain.data.map(({ embedding }) => embedding.map(Math.fround)),
      model,
    );
    t.same(
      coded.data.map(({ index, object }) => [index, object]),
      input.map((_, index) => [index, 'embedding']),
    );
    t.equal(coded.data[0]?.embedding.length, length);
    const alone = await client.embeddings.create({ model, input: 'text 7' });
    t.same(alone.data[0]?.embedding, coded.data[7]?.embedding, 'each vector is its own text’s');
    t.match(coded, { object: 'list', model, usage: { prompt_tokens: 40, total_tokens: 40 } });
  }
  const short = await client.embeddings.create({ model: TITAN, input: 'a', dimensions: 256 });
  t.equal(short.data[0]?.embedding.length, 256);
});

t.test('a long list goes in slices, each told whose it is, and costs the sum of their tokens', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const match = { requestMetadata: { gw_key: String(key.id) } };
  // Only calls with our metadata get past this rule's neighbour.
  gateway.simulator.script({ match, behaviour: { kind: 'answer' } });
  gateway.simulator.script({ behaviour: { kind: 'error', exception: 'ValidationException' } });
  const input = Array.from({ length: 200 }, (_, index) => `text ${index}`);
  const answer = await embed(gateway, key, { model: COHERE, input }, { 'x-gateway-include-cost': 'true' });
  t.equal(answer.status, 200);
  const calls = gateway.simulator.journal.entries();
  t.same(calls.map(({ request }) => (request as { texts: string[] }).texts.length).sort(), [8, 96, 96]);
  const tokens = answer.body.usage.prompt_tokens;
  t.ok(tokens > 200);
  // 0.1 USD per million.
  t.equal(answer.headers.get('x-gateway-cost'), (tokens / 1e7).toFixed(10));
  t.equal(answer.body.usage.cost, tokens / 1e7);
  await gateway.recorded(1);
  const thread = await newestThread(gateway, key);
  t.match(thread, { tokens_in: tokens, tokens_out: 0, usage_source: 'reported', status: 'ok' });
  t.equal(thread.prompt, input.join('\n'));
  t.equal(thread.completion, '');
  t.equal(await gateway.auditFaults(), 0);
});

t.test('of parallel requests only those that the quota covers reach the upstream', async (t) => {
  const gateway = await startTestGateway(t);
  // Each may have 1,000 tokens at 0.02 USD per million; two of them fit.
  const key = await gateway.createKey({ month_quota: '0.00004' });
  const input = 'x'.repeat(3 * 992);
  gateway.simulator.script({ behaviour: { kind: 'answer', gate: { name: 'all asked' } } });
  let refused = 0;
  const answers = Array.from({ length: 20 }, async () => {
    const answer = await embed(gateway, key, { input });
    if (answer.status === 429) refused += 1;
    if (refused === 18) gateway.simulator.release('all asked');
    return answer.status;
  });
  const statuses = await Promise.all(answers);
  t.equal(statuses.filter((status) => status === 200).length, 2);
  t.equal(gateway.simulator.journal.entries().length, 2);
  await gateway.recorded(2);
  t.equal(await gateway.auditFaults(), 0);
});

t.test('a key without money never reaches the provider', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey({ month_quota: '0' });
  const answer = await embed(gateway, key, { input: 'hello' });
  t.equal(answer.status, 429);
  t.match(answer.body.error, { code: 'insufficient_quota', type: 'insufficient_quota' });
  const client = clientOf(gateway, key);
  const failure: unknown = await client.embeddings
    .create({ model: TITAN, input: 'hello' })
    .catch((error) => error);
  t.ok(failure instanceof OpenAI.RateLimitError);
  t.equal(gateway.simulator.journal.entries().length, 0);
});

t.test('each way an embedding can end is charged what was served', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const json = { 'content-type': 'application/json' };
  const vector = JSON.stringify({ embedding: [1, 2] });
  const endings = [
    { name: 'reported', behaviour: { kind: 'answer' }, status: 200, source: 'reported', tokens: 3 },
    {
      name: 'counted by nobody but us',
      behaviour: { kind: 'raw', status: 200, headers: json, body: vector },
      ...{ status: 200, source: 'estimated', tokens: 3 },
    },
    {
      name: 'refused',
      behaviour: { kind: 'error', exception: 'ThrottlingException' },
      ...{ status: 429, source: 'none', tokens: 0 },
    },
    {
      name: 'wrong',
      behaviour: { kind: 'error', exception: 'ValidationException' },
      ...{ status: 400, source: 'none', tokens: 0 },
    },
    {
      name: 'failed after it was sent',
      behaviour: { kind: 'error', exception: 'InternalServerException' },
      ...{ status: 502, source: 'estimated', tokens: 3 },
    },
    { name: 'cut', behaviour: { kind: 'cut' }, status: 502, source: 'estimated', tokens: 3 },
    {
      name: 'no vector in it',
      behaviour: { kind: 'raw', status: 200, headers: json, body: '{}' },
      ...{ status: 502, source: 'estimated', tokens: 3 },
    },
  ] as const;
  let count = 0;
  for (const { name, behaviour, status, source, tokens } of endings) {
    const rule = gateway.simulator.script({ behaviour, times: 1 });
    const answer = await embed(gateway, key, { input: 'hello you' });
    rule.remove();
    count += 1;
    await gateway.recorded(count);
    t.equal(answer.status, status, name);
    const thread = await newestThread(gateway, key);
    t.match(thread, { usage_source: source, tokens_in: tokens, tokens_out: 0 }, name);
    t.equal(thread.fee, (tokens * 2e-8).toFixed(10), name);
    t.equal(answer.headers.get('x-gateway-cost'), thread.fee);
    t.equal(answer.headers.get('x-gateway-usage-source'), source);
  }
  t.equal(await gateway.auditFaults(), 0);
});

t.test(
  'when one call of many fails, those that were served are charged, and no more are begun',
  async (t) => {
    const gateway = await startTestGateway(t);
    const key = await gateway.createKey();
    const match = { textIncludes: 'text 3 ' };
    gateway.simulator.script({ match, behaviour: { kind: 'error', exception: 'ThrottlingException' } });
    const input = Array.from({ length: 100 }, (_, index) => `text ${index} `);
    const answer = await embed(gateway, key, { input });
    t.equal(answer.status, 429);
    t.equal(answer.body.error.code, 'rate_limit_exceeded');
    t.equal(answer.headers.get('x-should-retry'), 'false', 'no SDK buys it again by itself');
    t.equal(answer.headers.get('retry-after'), null);
    await gateway.recorded(1);
    const calls = gateway.simulator.journal.entries();
    const served = calls.filter(({ status }) => status === 'ok');
    t.ok(served.length >= 3 && served.length < 30, `${served.length} calls were served`);
    const tokens = served.reduce((sum, { usage }) => sum + (usage as { inputTokens: number }).inputTokens, 0);
    const thread = await newestThread(gateway, key);
    t.match(thread, { status: 'upstream_throttled', usage_source: 'reported', tokens_in: tokens });
    t.equal(thread.fee, (tokens * 2e-8).toFixed(10));
    t.equal(await gateway.auditFaults(), 0);
  },
);

t.test(
  'a list that is cut for a client that left costs what had been served and sent, not the rest',
  async (t) => {
    const gateway = await startTestGateway(t, { env: { DRAIN_SECONDS: '0' } });
    const key = await gateway.createKey();
    const match = { textIncludes: 'slow' };
    gateway.simulator.script({ match, behaviour: { kind: 'answer', gate: { name: 'slow' } } });
    // Eight are under way at once: three are answered and followed by others, until eight slow ones are.
    const input = ['a b', 'c d', 'e f', ...Array.from({ length: 60 }, (_, index) => `slow ${index}`)];
    const left = new AbortController();
    const answer = fetch(`${gateway.url}/v1/embeddings`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: TITAN, input }),
      signal: left.signal,
    });
    await gateway.simulator.journal.waitFor(() => gateway.simulator.journal.entries().length === 11);
    left.abort();
    await t.rejects(answer);
    await gateway.recorded(1);
    const thread = await newestThread(gateway, key);
    t.match(thread, { status: 'client_closed', usage_source: 'estimated' });
    // Of each of the eleven calls a few tokens, of all 63 at least 126.
    t.ok(thread.tokens_in >= 11 && thread.tokens_in <= 44, `${thread.tokens_in} tokens`);
    t.equal(await gateway.auditFaults(), 0);
  },
);

t.test('what cannot be served is refused by the name of its field, before any money is held', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const cases: [body: object, code: string, param: string][] = [
    [{ input: [1, 2, 3] }, 'unsupported_value', 'input'],
    [{ input: [[1], [2]] }, 'unsupported_value', 'input'],
    [{ input: '' }, 'invalid_value', 'input'],
    [{ input: [] }, 'invalid_value', 'input'],
    [{ input: ['a', ''] }, 'invalid_value', 'input[1]'],
    [{ input: ['a', 7] }, 'invalid_type', 'input[1]'],
    [{ input: { text: 'a' } }, 'invalid_type', 'input'],
    [{}, 'missing_required_parameter', 'input'],
    [{ input: new Array(2049).fill('a') }, 'invalid_value', 'input'],
    [{ input: 'a', dimensions: 300 }, 'invalid_value', 'dimensions'],
    [{ input: 'a', dimensions: 0 }, 'invalid_value', 'dimensions'],
    [{ input: 'a', encoding_format: 'hex' }, 'invalid_value', 'encoding_format'],
    [{ input: 'a', input_type: 'poem' }, 'invalid_value', 'input_type'],
    [{ input: 'a', model: 'claude-3-haiku' }, 'unsupported_value', 'model'],
    [{ input: 'a', model: 'amazon.nova-canvas-v1:0' }, 'unsupported_value', 'model'],
    [{ input: 'a', model: null }, 'invalid_type', 'model'],
  ];
  for (const [body, code, param] of cases) {
    const answer = await embed(gateway, key, body);
    t.equal(answer.status, 400, `${param}: ${JSON.stringify(body).slice(0, 60)}`);
    t.match(answer.body.error, { code, param, type: 'invalid_request_error' });
  }
  const chat = await gateway.chat(key, { model: TITAN });
  t.match(chat.body.error, { code: 'unsupported_value', param: 'model' });
  t.equal(gateway.simulator.journal.entries().length, 0);
});

t.test('a text that is too long is the upstream’s own refusal, of the field `input`', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const answer = await embed(gateway, key, { input: 'x'.repeat(40_000) });
  t.equal(answer.status, 400);
  t.match(answer.body.error, { code: 'context_length_exceeded', param: 'input' });
});

t.test('a purpose is passed on where the model knows it, and named where it has no effect', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const asked = { input: 'a', input_type: 'search_query' };
  const cohere = await embed(gateway, key, { ...asked, model: COHERE });
  t.equal(cohere.headers.get('x-gateway-dropped-params'), null);
  t.match(gateway.simulator.journal.entries()[0]?.request, { input_type: 'search_query' });
  const titan = await embed(gateway, key, asked);
  t.equal(titan.headers.get('x-gateway-dropped-params'), 'input_type');
});
