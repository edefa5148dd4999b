// What an answer says of its cost: the same as the ledger, where it was asked for, and nothing that a client trips over.
import OpenAI from 'openai';
import t from 'tap';
import { type NewKey, startTestGateway, type TestGateway } from '../../helpers/gateway.ts';

const USAGE = { inputTokens: 1000, outputTokens: 7, totalTokens: 1007 };
/** claude-3-haiku: 0.25 and 1.25 USD per million. */
const FEE = '0.0002587500';

async function start(t: Parameters<typeof startTestGateway>[0]) {
  const gateway = await startTestGateway(t);
  const rule = gateway.simulator.script({ behaviour: { kind: 'answer', text: 'pong', usage: USAGE } });
  return { gateway, rule, key: await gateway.createKey() };
}

function clientOf({ url }: TestGateway, { secret }: NewKey, wantsCost = true): OpenAI {
  const defaultHeaders = wantsCost ? { 'x-gateway-include-cost': 'true' } : {};
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: secret, maxRetries: 0, defaultHeaders });
}

const messages = [{ role: 'user' as const, content: 'ping' }];
const model = 'claude-3-haiku';

t.test(
  'a whole answer says its cost and its source in headers, as the thread and the ledger do',
  async (t) => {
    const { gateway, key } = await start(t);
    const answer = await gateway.chat(key);
    t.equal(answer.headers.get('x-gateway-cost'), FEE);
    t.equal(answer.headers.get('x-gateway-usage-source'), 'reported');
    t.notOk('cost' in answer.body.usage, 'the body is as OpenAI writes it');
    await gateway.recorded(1);
    t.equal((await gateway.admin('GET', '/admin/thread/detail/1')).body.data.fee, FEE);
    const { body } = await gateway.admin('GET', '/admin/ledger?kind=usage');
    t.equal(body.data.items[0].quota_change, FEE);
  },
);

t.test('a refusal of the gateway has no cost, an error of the upstream says its own', async (t) => {
  const { gateway, key, rule } = await start(t);
  rule.remove();
  const refused = await gateway.chat(key, { model: 'nobody' });
  t.equal(refused.headers.get('x-gateway-cost'), null);
  gateway.simulator.script({ behaviour: { kind: 'error', exception: 'ModelErrorException' }, times: 1 });
  const failed = await gateway.chat(key);
  t.equal(failed.headers.get('x-gateway-usage-source'), 'estimated');
  await gateway.recorded(1);
  const { body } = await gateway.admin('GET', '/admin/thread/detail/1');
  t.equal(failed.headers.get('x-gateway-cost'), body.data.fee);
  t.not(body.data.fee, '0.0000000000');
});

t.test('asked for it, a whole answer has the cost in its usage', async (t) => {
  const { gateway, key } = await start(t);
  const answer = await clientOf(gateway, key).chat.completions.create({ model, messages });
  t.match(answer.usage, { prompt_tokens: 1000, completion_tokens: 7, cost: Number(FEE) });
});

t.test("asked for it, a stream has the cost in its usage chunk, and OpenAI's SDK reads it", async (t) => {
  const { gateway, key } = await start(t);
  const usagesOf = async (client: OpenAI, options: object) => {
    const stream = await client.chat.completions.create({ model, messages, stream: true, ...options });
    const usages: object[] = [];
    for await (const chunk of stream) if (chunk.usage) usages.push(chunk.usage);
    return usages;
  };
  const withUsage = { stream_options: { include_usage: true } };
  t.match(await usagesOf(clientOf(gateway, key), withUsage), [{ prompt_tokens: 1000, cost: Number(FEE) }]);
  t.same(await usagesOf(clientOf(gateway, key), {}), [], 'without the usage chunk there is no place for it');
  const [plain] = await usagesOf(clientOf(gateway, key, false), withUsage);
  t.notOk('cost' in (plain ?? {}), 'nothing that was not asked for');
  const helper = clientOf(gateway, key).chat.completions.stream({ model, messages, ...withUsage });
  t.match(await helper.totalUsage(), { total_tokens: 1007 });
  await gateway.recorded(4);
  t.equal(await gateway.auditFaults(), 0);
});

t.test('browsers of any origin may read the headers', async (t) => {
  const { gateway, key } = await start(t);
  const { headers } = await gateway.chat(key, {}, { origin: 'https://chat.example' });
  const exposed = headers.get('access-control-expose-headers')?.split(/, */) ?? [];
  for (const name of ['x-gateway-cost', 'x-gateway-usage-source']) t.ok(exposed.includes(name), name);
});
