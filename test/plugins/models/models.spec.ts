// The catalogue over HTTP: aliases, targets, the model that answers for all others.
import t from 'tap';
import { startTestGateway, type TestGateway } from '../../helpers/gateway.ts';
import { snapshot } from '../../helpers/snapshot.ts';

const SONNET = 'anthropic.claude-3-sonnet-20240229-v1:0';
const body = {
  name: 'house/chat-1',
  target: SONNET,
  base_id: SONNET,
  price_scope: 'in-region',
  vendor: 'anthropic',
  context_tokens: 200_000,
  max_output_tokens: 4096,
};

async function idOf(gateway: TestGateway, name: string): Promise<number> {
  const { body } = await gateway.admin('GET', `/admin/model/list?q=${name}&orderBy=id-1`);
  return body.data.items.find((item: { name: string }) => item.name === name).id;
}

const targets = (gateway: TestGateway) => gateway.simulator.journal.entries().map(({ modelId }) => modelId);

t.test('a model is made, asked for, changed, listed and taken away again', async (t) => {
  const gateway = await startTestGateway(t);
  const admin = await gateway.createKey({ role: 'admin' });
  const key = await gateway.createKey();
  const post = (verb: string, body: object) =>
    gateway.api('POST', `/admin/model/${verb}`, { key: admin.secret, body });
  t.equal((await gateway.chat(key, { model: body.name })).status, 404);
  const created = (await post('create', body)).body.data;
  t.match(created, {
    ...body,
    region: null,
    display_name: body.name,
    capabilities: {},
    is_free: false,
    is_retired: false,
    price: [{ over_input_tokens: 0, input: '3.0000000000', output: '15.0000000000' }],
  });
  t.equal((await gateway.chat(key, { model: body.name })).status, 200);
  const haiku = 'anthropic.claude-3-haiku-20240307-v1:0';
  const capabilities = {
    image_input: true,
    sampling: 'none',
    input_includes_cached: true,
    tools: 'streamed',
  };
  const change = { id: created.id, target: haiku, base_id: haiku, region: 'eu-west-1', capabilities };
  const updated = (await post('update', change)).body.data;
  t.match(updated, { ...change, name: body.name, price: [{ input: '0.2500000000' }] });
  t.equal((await gateway.chat(key, { model: body.name })).status, 200);
  t.same(targets(gateway), [SONNET, haiku]);
  t.same((await gateway.admin('GET', `/admin/model/detail/${created.id}`)).body.data, updated);
  t.same((await gateway.admin('GET', '/admin/model/list?limit=1')).body.data.items, [updated]);
  t.equal((await gateway.api('GET', `/v1/models/${body.name}`, { key: key.secret })).body.multiple, true);
  t.same((await post('delete', { id: created.id })).body, { success: true, data: null });
  for (const verb of ['delete', 'update']) t.equal((await post(verb, { id: created.id })).status, 404);
  t.equal((await gateway.admin('GET', `/admin/model/detail/${created.id}`)).status, 404);
  t.equal((await gateway.chat(key, { model: body.name })).status, 404);
  const audit = await gateway.admin('GET', `/admin/audit-log/list?target=model:${created.id}`);
  t.match(audit.body.data.items, [
    { action: 'model.delete', actor: `key:${admin.id}`, before: { name: body.name }, after: null },
    { action: 'model.update', before: { target: SONNET, region: null }, after: { target: haiku } },
    { action: 'model.create', before: null, after: { name: body.name, isFree: false } },
  ]);
  t.notOk('name' in audit.body.data.items[1].after, 'only what changed is kept');
});

t.test('a retired alias is pointed elsewhere and charged as what it leads to', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const id = await idOf(gateway, 'claude-3-sonnet');
  const base = 'anthropic.claude-opus-4-5-20251101-v1:0';
  gateway.simulator.script({
    behaviour: {
      kind: 'answer',
      text: 'x',
      usage: { inputTokens: 1000, outputTokens: 0, totalTokens: 1000 },
    },
  });
  await gateway.admin('POST', '/admin/model/update', {
    ...{ id, target: `global.${base}`, base_id: base, price_scope: 'global', is_retired: false },
  });
  t.equal((await gateway.chat(key, { model: 'claude-3-sonnet' })).status, 200);
  await gateway.recorded(1);
  t.same(targets(gateway), [`global.${base}`]);
  const { data } = (await gateway.admin('GET', '/admin/thread/detail/1')).body;
  t.match(data, { model: 'claude-3-sonnet', fee: '0.0050000000' });
});

t.test('a model called default answers unknown names, a free one costs nothing', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const free = {
    name: 'default',
    base_id: 'house.llm',
    target: SONNET,
    price_scope: 'global',
    is_free: true,
  };
  const created = await gateway.admin('POST', '/admin/model/create', { ...body, ...free });
  t.match(created.body.data, { is_free: true, price: [{ input: '0.0000000000' }] });
  t.equal((await gateway.chat(key, { model: 'whatever' })).status, 200);
  await gateway.recorded(1);
  t.equal((await gateway.admin('GET', '/admin/thread/detail/1')).body.data.fee, '0.0000000000');
  await gateway.admin('POST', '/admin/model/update', { id: created.body.data.id, is_free: false });
  const refused = await gateway.chat(key, { model: 'whatever' });
  t.equal(refused.status, 403, 'neither free nor priced');
});

t.test('models are found and filtered', async (t) => {
  const gateway = await startTestGateway(t);
  const names = async (query: string) =>
    (await gateway.admin('GET', `/admin/model/list?${query}`)).body.data.items.map(
      (item: { name: string }) => item.name,
    );
  t.same(await names('q=llama3-8&orderBy=name-0'), ['llama3-8b', 'meta.llama3-8b-instruct-v1:0']);
  t.same(await names('base_id=mistral.mixtral-8x7b-instruct-v0:1&vendor=mistral&orderBy=id-0'), [
    'mistral-8x7b',
    'mistral.mixtral-8x7b-instruct-v0:1',
  ]);
  t.same(await names('is_free=true'), []);
  t.ok((await names('is_retired=true&limit=200')).includes('claude-3-sonnet'));
  t.notOk((await names('is_retired=false&limit=200')).includes('claude-3-sonnet'));
  for (const query of ['is_free=perhaps', 'orderBy=price-0', 'limit=0'])
    t.equal((await gateway.admin('GET', `/admin/model/list?${query}`)).status, 400, query);
});

t.test('what cannot be a model is refused, naming the field, and changes nothing', async (t) => {
  const gateway = await startTestGateway(t);
  const id = await idOf(gateway, 'claude-3-sonnet');
  const before = await snapshot(gateway.database);
  const refused = async (verb: string, body: object, param: string | null, status = 400) => {
    const answer = await gateway.admin('POST', `/admin/model/${verb}`, body);
    t.equal(answer.status, status, JSON.stringify(body));
    t.equal(answer.body.error.param, param, answer.body.data);
  };
  const bad: [field: string, values: unknown[]][] = [
    ['name', ['', ' ', 'a b', '-x', '模型', 'x'.repeat(513), null, 7]],
    ['target', ['', '../x', 'a?b', 'a#b']],
    ['base_id', ['', 'a b']],
    ['price_scope', ['', 'US', 'in region', '1']],
    ['region', ['', 'us', 'us-east', 'US-EAST-1', 1]],
    ['vendor', ['', '  ']],
    ['display_name', ['', 'x'.repeat(256)]],
    ['context_tokens', [0, -1, 1.5, '1000', 100_000_001]],
    ['max_output_tokens', [0, 200_001]],
    ['is_free', ['yes', 1, null]],
    ['owner', ['me']],
  ];
  for (const [field, values] of bad)
    for (const value of values) {
      await refused('create', { ...body, [field]: value }, field);
      await refused('update', { id, [field]: value }, field);
    }
  for (const [name, value] of Object.entries({
    vision: true,
    image_input: 'yes',
    sampling: 'greedy',
    min_max_tokens: 0,
    input_includes_cached: 1,
  }))
    await refused('update', { id, capabilities: { [name]: value } }, `capabilities.${name}`);
  await refused('update', { id, capabilities: { min_max_tokens: 5000 } }, 'capabilities.min_max_tokens');
  for (const field of ['name', 'target', 'base_id', 'price_scope', 'vendor', 'context_tokens'])
    await refused('create', { ...body, [field]: undefined }, field);
  await refused('create', { ...body, name: 'claude-3-haiku' }, 'name', 409);
  await refused('update', { id, name: 'claude-3-haiku' }, 'name', 409);
  await refused('update', { name: 'x' }, 'id');
  await refused('update', { id: 999_999, is_free: true }, null, 404);
  t.same(await snapshot(gateway.database), before);
});

t.test('one name asked for twice at the same moment is given once', async (t) => {
  const gateway = await startTestGateway(t);
  const replica = await startTestGateway(t, { database: gateway.testDatabase, simulator: gateway.simulator });
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      (index % 2 === 0 ? gateway : replica).admin('POST', '/admin/model/create', body),
    ),
  );
  t.same(answers.map(({ status }) => status).sort(), [200, ...Array.from({ length: 7 }, () => 409)]);
});
