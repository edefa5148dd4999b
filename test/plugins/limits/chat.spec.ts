// Limits as the callers of one gateway meet them.
import t from 'tap';
import { startTestGateway } from '../../helpers/gateway.ts';
import { limitGroup, limitKey, rateLimitHeaders, remaining } from './limited.ts';

const DURATION = /^(\d+m)?\d+(s|ms)$/;

t.test(
  'a key gets as many requests per minute as it may; the next is told which limit and when',
  async (t) => {
    const gateway = await startTestGateway(t);
    const key = await gateway.createKey();
    await limitKey(gateway, key, { requests: 2 });
    for (const [stream, left] of [
      [false, 1],
      [true, 0],
    ] as const) {
      const answer = await gateway.chat(key, { stream });
      t.equal(answer.status, 200);
      t.equal(answer.headers.get('x-ratelimit-limit-requests'), '2');
      t.equal(remaining(answer, 'requests'), left);
      t.match(answer.headers.get('x-ratelimit-reset-requests'), DURATION);
      t.equal(rateLimitHeaders(answer).length, 3, 'and nothing about tokens, which are not limited');
    }
    await gateway.recorded(2);
    for (const stream of [false, true]) {
      const refused = await gateway.chat(key, { stream });
      t.equal(refused.status, 429);
      t.match(refused.body, { error: { type: 'requests', code: 'rate_limit_exceeded', param: null } });
      t.match(
        refused.body.error.message,
        /^Rate limit reached for this key on requests per minute: limit 2, used 2, requested 1\. Please try again in \d+(\.\d+)?s\.$/,
      );
      const milliseconds = Number(refused.headers.get('retry-after-ms'));
      t.ok(milliseconds > 0 && milliseconds <= 60_000);
      t.equal(refused.headers.get('retry-after'), String(Math.ceil(milliseconds / 1000)));
      t.equal(remaining(refused, 'requests'), 0);
      t.equal(refused.headers.get('x-should-retry'), null);
    }
    const { body } = await gateway.api('GET', '/user/thread/list', { key: key.secret });
    t.equal(body.data.total, '2', 'a refused request is not stored');
    t.equal(gateway.simulator.journal.entries().length, 2, 'nor sent upstream');
    t.equal(await gateway.auditFaults(), 0);
  },
);

t.test('a new window begins when the old one is over', async (t) => {
  const gateway = await startTestGateway(t, { limitWindowSeconds: 1 });
  const key = await gateway.createKey();
  await limitKey(gateway, key, { requests: 1 });
  t.equal((await gateway.chat(key)).status, 200);
  const refused = await gateway.chat(key);
  t.equal(refused.status, 429);
  await new Promise((resolve) => setTimeout(resolve, Number(refused.headers.get('retry-after-ms'))));
  t.equal((await gateway.chat(key)).status, 200);
});

t.test('key and group must both allow a request, and the headers tell of the tighter one', async (t) => {
  const gateway = await startTestGateway(t);
  const [one, two] = [await gateway.createKey({ group_id: 1 }), await gateway.createKey({ group_id: 1 })];
  await limitKey(gateway, one, { requests: 2 });
  await limitGroup(gateway, 1, { requests: 4 });
  const first = await gateway.chat(one);
  t.equal(first.headers.get('x-ratelimit-limit-requests'), '2');
  t.equal(remaining(first, 'requests'), 1);
  await gateway.chat(one);
  const ofKey = await gateway.chat(one);
  t.match(ofKey.body.error.message, /for this key on/);
  const other = await gateway.chat(two);
  t.equal(other.headers.get('x-ratelimit-limit-requests'), '4');
  t.equal(remaining(other, 'requests'), 1, 'what the key refused does not count against its group');
  await gateway.chat(two);
  const ofGroup = await gateway.chat(two);
  t.equal(ofGroup.status, 429);
  t.match(ofGroup.body.error.message, /for this key's group on/);
});

t.test('tokens are reserved by estimate and corrected with what was really used', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  await limitKey(gateway, key, { tokens: 1_000 });
  const usage = {
    inputTokens: 100,
    outputTokens: 50,
    totalTokens: 100 + 50 + 500 + 30,
    cacheReadInputTokens: 500,
    cacheWriteInputTokens: 30,
    cacheDetails: [{ ttl: '1h', inputTokens: 30 }],
  };
  gateway.simulator.script({ behaviour: { kind: 'answer', text: 'pong', usage } });
  const chat = (content: string) =>
    gateway.chat(key, {
      model: 'global.anthropic.claude-haiku-4-5-20251001-v1:0',
      messages: [{ role: 'user', content }],
    });
  // "ping": one likely token, and 8 for the turn.
  t.equal(remaining(await chat('ping'), 'tokens'), 1_000 - 9);
  t.equal(
    remaining(await chat('ping'), 'tokens'),
    1_000 - 180 - 9,
    'input, output and cache writes; cache reads are free',
  );
  const refused = await chat('x'.repeat(4 * 700));
  t.equal(refused.status, 429);
  t.match(refused.body.error, { type: 'tokens', code: 'rate_limit_exceeded' });
  t.match(refused.body.error.message, /tokens per minute: limit 1000, used 360, requested 708\. Please try/);
  t.equal(remaining(refused, 'tokens'), 640, 'what is refused is not counted');
  t.ok(Number(refused.headers.get('retry-after')) > 0);

  const tooLarge = await chat('x'.repeat(4 * 1_000));
  t.equal(tooLarge.status, 429);
  t.match(tooLarge.body.error, { type: 'tokens', code: 'rate_limit_exceeded' });
  t.match(tooLarge.body.error.message, /^Request too large for this key/);
  t.equal(tooLarge.headers.get('x-should-retry'), 'false', 'no wait makes it fit');
  t.equal(tooLarge.headers.get('retry-after'), null);
  t.equal(remaining(tooLarge, 'tokens'), 640);
  t.equal(gateway.simulator.journal.entries().length, 2);
});

t.test('TPM_COUNTS_CACHE_READS counts them too', async (t) => {
  const gateway = await startTestGateway(t, { env: { TPM_COUNTS_CACHE_READS: 'true' } });
  const key = await gateway.createKey();
  await limitKey(gateway, key, { tokens: 1_000 });
  const usage = { inputTokens: 10, outputTokens: 5, totalTokens: 515, cacheReadInputTokens: 500 };
  gateway.simulator.script({ behaviour: { kind: 'answer', text: 'pong', usage } });
  const model = 'global.anthropic.claude-haiku-4-5-20251001-v1:0';
  await gateway.chat(key, { model });
  t.equal(remaining(await gateway.chat(key, { model }), 'tokens'), 1_000 - 515 - 9);
});

t.test('a request that the money refuses counts against no limit', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey({ month_quota: '0' });
  await limitKey(gateway, key, { requests: 2, tokens: 1_000, parallel: 1 });
  for (let count = 0; count < 5; count += 1) {
    const refused = await gateway.chat(key);
    t.equal(refused.body.error.code, 'insufficient_quota');
    t.same(rateLimitHeaders(refused), []);
  }
  await gateway.admin('POST', '/admin/api-key/recharge', { api_key: key.secret, balance: '1' });
  const answer = await gateway.chat(key);
  t.equal(answer.status, 200);
  t.equal(remaining(answer, 'requests'), 1);
  t.equal(remaining(answer, 'tokens'), 1_000 - 9);
});

t.test('a request that the upstream refuses counts as one, with no tokens', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  await limitKey(gateway, key, { requests: 10, tokens: 1_000 });
  gateway.simulator.script({ times: 1, behaviour: { kind: 'error', exception: 'ThrottlingException' } });
  const throttled = await gateway.chat(key);
  t.equal(throttled.status, 429);
  t.match(throttled.body.error.message, /^Upstream throttling/);
  const answer = await gateway.chat(key);
  t.equal(remaining(answer, 'requests'), 8);
  t.equal(remaining(answer, 'tokens'), 1_000 - 9);
});

t.test('a key without limits, in a group without limits, hears nothing of them', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey({ group_id: 1 });
  for (const stream of [false, true]) {
    const answer = await gateway.chat(key, { stream });
    t.equal(answer.status, 200);
    t.same(rateLimitHeaders(answer), []);
  }
});

t.test('scripts of other origins may read the headers', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const { headers } = await gateway.chat(key, {}, { origin: 'https://client.example' });
  const exposed = headers.get('access-control-expose-headers')?.split(/, ?/) ?? [];
  for (const unit of ['requests', 'tokens'])
    for (const what of ['limit', 'remaining', 'reset']) t.ok(exposed.includes(`x-ratelimit-${what}-${unit}`));
  t.ok(exposed.includes('retry-after'));
  t.ok(exposed.includes('retry-after-ms'));
});
