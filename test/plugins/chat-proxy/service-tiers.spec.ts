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

t.test('a tier of the defaults has its own price, and without one nothing is served', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey({ defaults: { service_tier: 'flex' } });
  const unpriced = await gateway.chat(key);
  t.match(unpriced, {
    status: 400,
    body: {
      error: { code: 'unsupported_value', param: 'service_tier', message: /defaults of this key.*price/ },
    },
  });
  const [held] = await gateway.database.sql`select count(*)::int as holds from hold`;
  t.equal(held?.holds, 0);
  t.same(gateway.simulator.journal.entries(), []);

  const priced = await gateway.admin('POST', '/admin/price/set', {
    base_id: BASE,
    scope: 'in-region',
    tier: 'flex',
    bands: [{ input: '0.125', output: '0.625' }],
  });
  t.equal(priced.status, 200, JSON.stringify(priced.body));
  const answer = await gateway.chat(key);
  t.equal(answer.status, 200, JSON.stringify(answer.body));
  await gateway.recorded(1);
  t.match(await lastUsage(gateway), { service_tier: 'flex', price_input: '1250000000' });

  await update(gateway, key.id, { defaults: null });
  await gateway.chat(key);
  await gateway.recorded(2);
  t.match(await lastUsage(gateway), { service_tier: 'standard', price_input: '2500000000' });
  t.equal(await gateway.auditFaults(), 0);
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
