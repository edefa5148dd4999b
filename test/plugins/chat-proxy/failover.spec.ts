// A model with several targets: what one of them did not serve the next one does, once, at its own price.
import OpenAI from 'openai';
import t from 'tap';
import type { Behaviour } from '../../../src/simulator/simulator.ts';
import { scrape } from '../../helpers/scrape.ts';
import { addsUp } from '../billing/receipts/adds-up.ts';
import {
  createModel,
  FIRST_REGION,
  feeOf,
  newestReceipt,
  SECOND_REGION,
  startWithPrices,
} from './two-targets.ts';

const USAGE = { inputTokens: 1000, outputTokens: 7, totalTokens: 1007 };
const ANSWER: Behaviour = { kind: 'answer', text: 'pong', usage: USAGE };
const THROTTLED: Behaviour = { kind: 'error', exception: 'ThrottlingException', retryAfterSeconds: 3 };

for (const stream of [false, true])
  t.test(`a throttled request is answered by the next target (stream: ${stream})`, async (t) => {
    const { gateway, key } = await startWithPrices(t);
    const model = await createModel(gateway);
    gateway.simulator.script({ match: { modelId: model.first }, behaviour: THROTTLED });
    gateway.simulator.script({ match: { modelId: model.second }, behaviour: ANSWER });
    const { status, body } = await gateway.chat(key, { model: model.name, stream });
    t.equal(status, 200);
    t.match(stream ? body : body.choices[0].message.content, /pong/);
    const receipt = await newestReceipt(gateway, key, 1);
    addsUp(t, receipt);
    t.match(receipt, {
      status: 'ok',
      usage_source: 'reported',
      model: model.name,
      target: model.second,
      region: SECOND_REGION,
      price: { scope: 'eu' },
      fee: feeOf([1000, 7], 'second'),
    });
    const [first, second] = gateway.simulator.journal.entries();
    t.match(receipt.attempts, [
      {
        target: model.first,
        region: FIRST_REGION,
        outcome: 'throttled',
        upstream_request_id: first?.id,
        latency_ms: Number,
      },
      {
        target: model.second,
        region: SECOND_REGION,
        outcome: 'served',
        upstream_request_id: second?.id,
        latency_ms: Number,
      },
    ]);
    t.equal(receipt.attempts.length, 2);
    t.equal(await gateway.auditFaults(), 0);

    await gateway.chat(key, { model: model.name, stream });
    const { attempts } = await newestReceipt(gateway, key, 2);
    t.same(
      attempts.map((attempt: { target: string }) => attempt.target),
      [model.second],
      'while the first one wants a pause, the second goes first',
    );
    const metrics = await scrape(gateway);
    const failures = `{model="${model.name}",region="us-east-1",kind="throttled"}`;
    t.equal(metrics.get(`brconnector_target_failures_total${failures}`), 1);
    t.equal(metrics.get('brconnector_targets_avoided{reason="paused"}'), 1);
  });

t.test(
  'an exception as the first frame of a stream goes to the next target; after an event none does',
  async (t) => {
    const { gateway, key } = await startWithPrices(t);
    const fault = (place: object): Behaviour => ({
      kind: 'answer',
      deltas: ['four', 'four'],
      fault: { kind: 'exception', name: 'ServiceUnavailableException', ...place },
    });
    for (const [place, isMoved] of [
      [{ afterFrames: 0 }, true],
      [{ afterDeltas: 1 }, false],
    ] as const) {
      const model = await createModel(gateway);
      gateway.simulator.script({ match: { modelId: model.first }, behaviour: fault(place) });
      gateway.simulator.script({ match: { modelId: model.second }, behaviour: ANSWER });
      const { status, body } = await gateway.chat(key, { model: model.name, stream: true });
      t.equal(status, 200);
      t.equal(body.includes('pong'), isMoved);
      t.equal(body.includes('"error"'), !isMoved);
      const receipt = await newestReceipt(gateway, key, isMoved ? 1 : 2);
      const outcomes = receipt.attempts.map(({ outcome }: { outcome: string }) => outcome);
      t.same(outcomes, isMoved ? ['unavailable', 'served'] : ['unavailable']);
      t.equal(receipt.fee, isMoved ? feeOf([1000, 7], 'second') : feeOf([9, 1], 'first'));
    }
    t.equal(await gateway.auditFaults(), 0);
  },
);

t.test('when all targets fail, the client hears of the last one and of the shortest wait', async (t) => {
  const { gateway, key } = await startWithPrices(t);
  const cases: [Behaviour, Behaviour, number, string | null, string][] = [
    [THROTTLED, { ...THROTTLED, retryAfterSeconds: 5 }, 429, '3', 'rate_limit_exceeded'],
    [THROTTLED, { kind: 'error', exception: 'ServiceUnavailableException' }, 503, '3', 'service_unavailable'],
    [THROTTLED, { kind: 'error', exception: 'AccessDeniedException' }, 429, '3', 'rate_limit_exceeded'],
    [THROTTLED, { kind: 'error', exception: 'ExpiredTokenException' }, 429, '3', 'rate_limit_exceeded'],
    [
      { kind: 'error', exception: 'ExpiredTokenException' },
      { kind: 'error', exception: 'AccessDeniedException' },
      403,
      null,
      'model_access_denied',
    ],
    [THROTTLED, { kind: 'error', exception: 'ValidationException' }, 400, null, 'null'],
  ];
  let recorded = 0;
  for (const [first, second, status, retryAfter, code] of cases)
    for (const stream of [false, true]) {
      const model = await createModel(gateway);
      gateway.simulator.script({ match: { modelId: model.first }, behaviour: first });
      gateway.simulator.script({ match: { modelId: model.second }, behaviour: second });
      const answer = await gateway.chat(key, { model: model.name, stream });
      t.equal(answer.status, status);
      t.equal(answer.headers.get('retry-after'), retryAfter);
      t.equal(String(answer.body.error.code), code);
      recorded += 1;
      const receipt = await newestReceipt(gateway, key, recorded);
      t.equal(receipt.attempts.length, 2);
      t.match(receipt, { fee: '0.0000000000', usage_source: 'none', target: model.second });
    }
  t.equal(await gateway.auditFaults(), 0);
});

t.test('the hold covers the dearest target, whoever answers', async (t) => {
  const { gateway, key } = await startWithPrices(t);
  for (const spread of ['ordered', 'weighted']) {
    const model = await createModel(gateway, { spread });
    const gate = { name: `gate-${spread}` };
    gateway.simulator.script({ match: { modelId: model.first }, behaviour: { ...ANSWER, gate } });
    gateway.simulator.script({ match: { modelId: model.second }, behaviour: { ...ANSWER, gate } });
    const answering = gateway.chat(key, { model: model.name, max_tokens: 100 });
    await gateway.simulator.reached(gate.name);
    const [hold] = await gateway.database.sql<{ amount: string; facts: Record<string, unknown> }[]>`
      select amount, facts from hold`;
    gateway.simulator.release(gate.name);
    await answering;
    // "ping" is at the most 2 + 8 tokens; 1 and 7 USD per million.
    t.equal(hold?.amount, String(10n * 10_000n + 100n * 70_000n));
    t.match(hold?.facts, { priceScope: 'eu', region: SECOND_REGION, target: model.second });
  }
});

t.test('a target without a price is not asked; a model without any priced target is refused', async (t) => {
  const { gateway, key } = await startWithPrices(t);
  const unpriced = { price_scope: 'apac' };
  const first = await createModel(gateway, unpriced);
  gateway.simulator.script({ match: { modelId: first.second }, behaviour: ANSWER });
  t.equal((await gateway.chat(key, { model: first.name })).status, 200);
  t.same(
    gateway.simulator.journal.entries().map(({ modelId }) => modelId),
    [first.second],
  );
  const none = await createModel(gateway, { ...unpriced, isDouble: false });
  const refused = await gateway.chat(key, { model: none.name });
  t.equal(refused.status, 403);
  t.equal(refused.body.error.code, 'model_not_allowed');
  const free = await createModel(gateway, { ...unpriced, isDouble: false, is_free: true });
  t.equal((await gateway.chat(key, { model: free.name })).status, 200);
});

t.test(
  'a target that cannot be reached is no end: all of them are asked, then the client is told',
  async (t) => {
    const { gateway, key } = await startWithPrices(t);
    const model = await createModel(gateway);
    await gateway.simulator.close();
    const answer = await gateway.chat(key, { model: model.name });
    t.equal(answer.status, 502);
    const receipt = await newestReceipt(gateway, key, 1);
    t.match(receipt.attempts, [{ outcome: 'connect_failed' }, { outcome: 'connect_failed' }]);
    t.equal(receipt.fee, '0.0000000000');
  },
);

t.test("OpenAI's client needs no retry of its own", async (t) => {
  const { gateway, key } = await startWithPrices(t);
  const model = await createModel(gateway);
  gateway.simulator.script({ match: { modelId: model.first }, behaviour: THROTTLED });
  gateway.simulator.script({ match: { modelId: model.second }, behaviour: ANSWER });
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: key.secret, maxRetries: 0 });
  const stream = client.chat.completions.stream({
    model: model.name,
    messages: [{ role: 'user', content: 'ping' }],
  });
  t.equal(await stream.finalContent(), 'pong');
  t.equal(gateway.simulator.journal.entries().length, 2);
});
