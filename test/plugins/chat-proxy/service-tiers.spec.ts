// A service tier from its setting to the settled row: priced as what it is, or refused before anything is held.
import t from 'tap';
import { startTestGateway, type TestGateway } from '../../helpers/gateway.ts';

const update = async (gateway: TestGateway, id: number, body: object) => {
  const answer = await gateway.admin('POST', '/admin/api-key/update', { id, ...body });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
};
const lastUsage = async (gateway: TestGateway) => {
  const [row] = await gateway.database.sql`select service_tier, fee::text, price_input::text from usage
    order by id desc limit 1`;
  return row;
};
const BASE = 'anthropic.claude-3-haiku-20240307-v1:0';

/** The model with other capabilities or defaults than it has. */
const changeModel = async (gateway: TestGateway, body: object) => {
  const list = await gateway.admin('GET', '/admin/model/list?q=claude-3-haiku&limit=200');
  const { id } = list.body.data.items.find(({ name }: { name: string }) => name === 'claude-3-haiku');
  const answer = await gateway.admin('POST', '/admin/model/update', { id, ...body });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
};
const setPrice = async (gateway: TestGateway, tier: string, input: string, output: string) => {
  const bands = [{ input, output }];
  const body = { base_id: BASE, scope: 'in-region', tier, bands };
  const answer = await gateway.admin('POST', '/admin/price/set', body);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
};
const lastRequest = (gateway: TestGateway) => gateway.simulator.journal.entries().at(-1)?.request;

t.test('a tier of the defaults has its own price; a model or a book without it serves nothing', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey({ defaults: { service_tier: 'flex' } });
  const refusal = {
    status: 400,
    body: {
      error: { code: 'unsupported_value', param: 'service_tier', message: /defaults of this key.*price/ },
    },
  };
  t.match(await gateway.chat(key), refusal, 'the catalogue does not know the tier');
  await changeModel(gateway, { capabilities: { service_tiers: ['flex', 'priority'] } });
  t.match(await gateway.chat(key), refusal, 'the book has no price for it');
  const [held] = await gateway.database.sql`select count(*)::int as holds from hold`;
  t.equal(held?.holds, 0);
  t.same(gateway.simulator.journal.entries(), []);

  await setPrice(gateway, 'flex', '0.125', '0.625');
  for (const [index, stream] of [false, true].entries()) {
    t.equal((await gateway.chat(key, { stream })).status, 200);
    await gateway.recorded(index + 1);
    t.match(lastRequest(gateway), { serviceTier: { type: 'flex' } });
    t.match(await lastUsage(gateway), { service_tier: 'flex', price_input: '1250000000' });
  }
  await update(gateway, key.id, { defaults: null });
  await gateway.chat(key);
  await gateway.recorded(3);
  t.match(await lastUsage(gateway), { service_tier: 'standard', price_input: '2500000000' });
  t.equal(await gateway.auditFaults(), 0);
});

t.test('an answer that fell back to the default tier is charged as what it was', async (t) => {
  const gateway = await startTestGateway(t);
  await changeModel(gateway, { capabilities: { service_tiers: ['priority'] } });
  await setPrice(gateway, 'priority', '0.5', '2.5');
  const key = await gateway.createKey({ defaults: { service_tier: 'priority' } });
  const usage = { inputTokens: 1_000_000, outputTokens: 0, totalTokens: 1_000_000 };
  const charged: [tier: string | null, stream: boolean, kept: string, fee: string][] = [
    ['priority', false, 'priority', '5000000000'],
    ['default', false, 'standard', '2500000000'],
    ['default', true, 'standard', '2500000000'],
    [null, true, 'priority', '5000000000'],
  ];
  for (const [index, [serviceTier, stream, service_tier, fee]] of charged.entries()) {
    gateway.simulator.script({ times: 1, behaviour: { kind: 'answer', text: '', usage, serviceTier } });
    t.equal((await gateway.chat(key, { stream })).status, 200);
    await gateway.recorded(index + 1);
    t.match(await lastUsage(gateway), { service_tier, fee }, `${serviceTier}, streamed: ${stream}`);
  }
  t.equal(await gateway.auditFaults(), 0);
});

t.test('a guardrail that is set goes with every call; its stream mode with streams', async (t) => {
  const gateway = await startTestGateway(t);
  const guardrail = { id: 'abc123', version: '3', trace: 'disabled', stream_mode: 'async' };
  await changeModel(gateway, { defaults: { guardrail: { id: 'ofthemodel', version: '1' } } });
  const key = await gateway.createKey({ defaults: { guardrail } });
  const other = await gateway.createKey();
  await gateway.chat(key);
  const config = { guardrailIdentifier: 'abc123', guardrailVersion: '3', trace: 'disabled' };
  t.same((lastRequest(gateway) as { guardrailConfig: unknown }).guardrailConfig, config);
  await gateway.chat(key, { stream: true });
  t.same((lastRequest(gateway) as { guardrailConfig: unknown }).guardrailConfig, {
    ...config,
    streamProcessingMode: 'async',
  });
  await gateway.chat(other);
  t.match(lastRequest(gateway), { guardrailConfig: { guardrailIdentifier: 'ofthemodel' } });
});

t.test("a wish that is not the key's to choose is named in the answer, and has no effect", async (t) => {
  const gateway = await startTestGateway(t);
  await changeModel(gateway, { capabilities: { service_tiers: ['flex'] } });
  await setPrice(gateway, 'flex', '0.125', '0.625');
  const key = await gateway.createKey();
  const answer = await gateway.chat(key, { service_tier: 'flex' });
  t.equal(answer.status, 200);
  t.equal(answer.headers.get('x-gateway-dropped-params'), 'service_tier');
  await gateway.recorded(1);
  t.match(await lastUsage(gateway), { service_tier: 'standard' });
  const guardrailConfig = { guardrailIdentifier: 'theirs', guardrailVersion: '1' };
  const guarded = await gateway.chat(key, { bedrock: { guardrailConfig } });
  t.equal(guarded.headers.get('x-gateway-dropped-params'), 'bedrock.guardrailConfig');
  t.notMatch(lastRequest(gateway), { guardrailConfig: {} });
  await update(gateway, key.id, { may_choose: ['service_tier', 'guardrail'] });
  const chosen = await gateway.chat(key, { service_tier: 'flex', bedrock: { guardrailConfig } });
  t.equal(chosen.headers.get('x-gateway-dropped-params'), null);
  t.match(lastRequest(gateway), { serviceTier: { type: 'flex' }, guardrailConfig });
  await gateway.recorded(3);
  t.match(await lastUsage(gateway), { service_tier: 'flex' });
  t.match(await gateway.chat(key, { service_tier: 'priority' }), {
    status: 400,
    body: { error: { code: 'unsupported_value', param: 'service_tier', message: /'priority'\.$/ } },
  });
  const plain = await gateway.chat(key, { service_tier: 'default' });
  t.equal(plain.headers.get('x-gateway-dropped-params'), null);
});

t.test('what keys and models set comes back as it was given, and is audited', async (t) => {
  const gateway = await startTestGateway(t);
  const guardrail = { id: 'abc123', version: '3', trace: 'enabled', stream_mode: 'sync' };
  const defaults = { max_tokens: 9, guardrail, service_tier: 'priority', latency: 'optimized' };
  const key = await gateway.createKey({ defaults, may_choose: ['latency'] });
  const { data } = (await gateway.admin('GET', `/admin/api-key/detail/${key.id}`)).body;
  t.match(data, { defaults, may_choose: ['latency'] });
  await update(gateway, key.id, { may_choose: null, defaults: null });
  const { data: bare } = (await gateway.admin('GET', `/admin/api-key/detail/${key.id}`)).body;
  t.same([bare.defaults, bare.may_choose], [{}, []]);
  const [entry] = (await gateway.admin('GET', '/admin/audit/list')).body.data?.items ?? [];
  if (entry !== undefined) t.match(JSON.stringify(entry), /may_choose/);
  for (const wrong of [
    { may_choose: ['everything'] },
    { may_choose: ['latency', 'latency'] },
    { defaults: { service_tier: 'reserved' } },
    { defaults: { latency: 'fast' } },
    { defaults: { guardrail: { id: 'abc123' } } },
    { defaults: { guardrail: { id: 'abc 123', version: '1' } } },
    { defaults: { guardrail: { id: 'abc123', version: '0' } } },
  ]) {
    const answer = await gateway.admin('POST', '/admin/api-key/update', { id: key.id, ...wrong });
    t.equal(answer.status, 400, JSON.stringify(wrong));
  }
});
