// What the inference routes count for `/metrics`.
import t from 'tap';
import { startTestGateway } from '../../helpers/gateway.ts';
import { scrape } from '../../helpers/scrape.ts';

t.test('requests, refusals, exchanges, tokens and fees are counted, by closed lists of words', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const usage = {
    inputTokens: 100,
    outputTokens: 7,
    totalTokens: 147,
    cacheReadInputTokens: 30,
    cacheWriteInputTokens: 10,
  };
  const rule = gateway.simulator.script({ behaviour: { kind: 'answer', text: 'pong', usage } });
  await gateway.chat(key);
  await gateway.chat(key, { stream: true });
  await gateway.chat(key, { model: 'a name that nobody has' });
  await gateway.chat(key, { max_tokens: -1 });
  await gateway.api('POST', '/v1/chat/completions', { key: 'br-wrong', body: {} });
  rule.remove();
  gateway.simulator.script({ behaviour: { kind: 'error', exception: 'ThrottlingException' }, times: 1 });
  await gateway.chat(key);
  await gateway.recorded(3);

  const metrics = await scrape(gateway);
  const count = (name: string) => metrics.get(`brconnector_${name}`);
  t.equal(count('requests_total{dialect="openai",status="2xx"}'), 2);
  t.equal(count('requests_total{dialect="openai",status="4xx"}'), 4);
  t.equal(count('admitted_total'), 3);
  t.equal(count('refused_total{reason="model_not_found"}'), 1);
  t.equal(count('refused_total{reason="invalid_value"}'), 1);
  t.equal(count('refused_total{reason="bad_key"}'), 1);
  t.equal(count('exchanges_total{status="ok",source="reported"}'), 2);
  t.equal(count('exchanges_total{status="upstream_throttled",source="none"}'), 1);
  t.equal(count('exchanges_open'), 0);
  t.equal(count('first_byte_seconds_count'), 2);
  t.equal(count('exchange_seconds_count'), 3);
  for (const [kind, tokens] of Object.entries({ input: 200, output: 14, cache_read: 60, cache_write: 20 }))
    t.equal(count(`tokens_total{model="claude-3-haiku",kind="${kind}"}`), tokens, kind);
  const { body } = await gateway.admin('GET', '/admin/statistics/total');
  const fees = count('fees_usd_total{model="claude-3-haiku"}') ?? 0;
  t.ok(Math.abs(fees - Number(body.data.total_fee)) < 1e-9, 'the fees of the ledger');
  t.equal(count('settlements_waiting{kept="memory"}'), 0);
  t.notMatch([...metrics.keys()].join('\n'), /a name that nobody has|br-wrong/);
});

t.test('an exchange under way is open until it ends', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  gateway.simulator.script({ behaviour: { kind: 'answer', text: 'pong', gate: { name: 'later' } } });
  const answer = gateway.chat(key);
  await gateway.simulator.reached('later');
  t.equal((await scrape(gateway)).get('brconnector_exchanges_open'), 1);
  gateway.simulator.release('later');
  await answer;
  await gateway.recorded(1);
  t.equal((await scrape(gateway)).get('brconnector_exchanges_open'), 0);
});

t.test('what the client sent wrongly is no failure of the target', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  for (const exception of ['ValidationException', 'ConflictException', 'InternalServerException']) {
    gateway.simulator.script({ behaviour: { kind: 'error', exception }, times: 1 });
    await gateway.chat(key);
  }
  const metrics = await scrape(gateway);
  const failures = [...metrics.keys()].filter((name) =>
    name.startsWith('brconnector_target_failures_total{'),
  );
  t.same(
    failures.map((name) => /kind="(\w+)"/.exec(name)?.[1]),
    ['internal'],
  );
});
