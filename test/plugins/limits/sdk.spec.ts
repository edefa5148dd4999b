// The official client meets a limit: the error that its users catch, and the wait that it keeps by itself.
import OpenAI, { RateLimitError } from 'openai';
import t from 'tap';
import { type NewKey, startTestGateway, type TestGateway } from '../../helpers/gateway.ts';
import { limitKey } from './limited.ts';

const QUESTION = {
  model: 'claude-3-haiku',
  max_tokens: 64,
  messages: [{ role: 'user', content: 'ping' }],
} as const;

function clientOf(gateway: TestGateway, key: NewKey, maxRetries: number): OpenAI {
  return new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: key.secret, maxRetries });
}

t.test('the SDK raises a RateLimitError that says which limit', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  await limitKey(gateway, key, { requests: 1, tokens: 1_000 });
  const openai = clientOf(gateway, key, 0);
  const { response } = await openai.chat.completions
    .create({ ...QUESTION, messages: [...QUESTION.messages] })
    .withResponse();
  t.equal(response.headers.get('x-ratelimit-remaining-requests'), '0');
  t.equal(response.headers.get('x-ratelimit-remaining-tokens'), '991');
  for (const stream of [false, true]) {
    const error = await openai.chat.completions
      .create({ ...QUESTION, messages: [...QUESTION.messages], stream })
      .then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
    if (!(error instanceof RateLimitError)) return t.fail('not a RateLimitError');
    t.match(error, { status: 429, type: 'requests', code: 'rate_limit_exceeded' });
    t.match(error.message, /requests per minute/);
  }
});

t.test('the SDK waits as long as it is told, and is served then', async (t) => {
  const gateway = await startTestGateway(t, { limitWindowSeconds: 2 });
  const key = await gateway.createKey();
  await limitKey(gateway, key, { requests: 1 });
  const openai = clientOf(gateway, key, 1);
  const ask = () => openai.chat.completions.create({ ...QUESTION, messages: [...QUESTION.messages] });
  const began = performance.now();
  await ask();
  const answer = await ask();
  t.ok(answer.choices[0]?.message.content);
  t.ok(performance.now() - began >= 1_900, 'not before the window was over: one try was enough');
  t.equal(gateway.simulator.journal.entries().length, 2);
});

t.test('the SDK does not repeat what can never fit', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  await limitKey(gateway, key, { tokens: 5 });
  let calls = 0;
  gateway.app.server.on('request', () => {
    calls += 1;
  });
  const thrown = await clientOf(gateway, key, 2)
    .chat.completions.create({ ...QUESTION, messages: [...QUESTION.messages] })
    .catch((error: unknown) => error);
  t.ok(thrown instanceof RateLimitError);
  t.equal(calls, 1);
});
