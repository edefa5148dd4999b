// Counting is free, and still nothing reaches the upstream without an admission.
import Anthropic from '@anthropic-ai/sdk';
import t from 'tap';
import { eventually } from '../helpers/eventually.ts';
import { startTestGateway, type TestGateway } from '../helpers/gateway.ts';
import { createModel, startWithPrices } from '../plugins/chat-proxy/two-targets.ts';
import { limitKey } from '../plugins/limits/limited.ts';
import { ask, clientOf, rejectionOf } from './sdk.ts';

const { max_tokens: _none, ...QUESTION } = ask('How long is this?');

async function openHolds({ database }: TestGateway): Promise<number> {
  const [row] = await database.sql<{ count: string }[]>`select count(*) from hold`;
  return Number(row?.count);
}

t.test('the upstream counts, for nothing, and leaves no trace in the books', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const { data, response } = await clientOf(gateway, key).messages.countTokens(QUESTION).withResponse();
  const [entry, ...more] = gateway.simulator.journal.entries();
  t.same(more, []);
  t.match(entry, {
    operation: 'CountTokens',
    modelId: 'anthropic.claude-3-haiku-20240307-v1:0',
    status: 'ok',
    request: {
      input: { converse: { messages: [{ role: 'user', content: [{ text: 'How long is this?' }] }] } },
    },
  });
  t.ok(data.input_tokens > 0);
  t.equal(response.headers.get('x-gateway-usage-source'), 'reported');
  t.equal(response.headers.get('x-gateway-cost'), null);
  await eventually(async () => (await openHolds(gateway)) === 0);
  const threads = await gateway.api('GET', '/user/thread/list', { key: key.secret });
  t.equal(threads.body.data.total, '0');
  t.equal(await gateway.auditFaults(), 0);
});

t.test('a target that cannot be had is made good by the next one', async (t) => {
  const { gateway, key } = await startWithPrices(t);
  const { name } = await createModel(gateway);
  const client = clientOf(gateway, key);
  const throttled = { kind: 'error', exception: 'ThrottlingException' } as const;
  gateway.simulator.script({ times: 1, behaviour: throttled });
  const { response } = await client.messages.countTokens({ ...QUESTION, model: name }).withResponse();
  t.equal(response.headers.get('x-gateway-usage-source'), 'reported');
  t.same(
    gateway.simulator.journal.entries().map(({ status }) => status),
    ['ThrottlingException', 'ok'],
  );
  gateway.simulator.script({ times: 2, behaviour: throttled });
  const error = await rejectionOf(client.messages.countTokens({ ...QUESTION, model: name }));
  t.match(error, { status: 429 });
  await eventually(async () => (await openHolds(gateway)) === 0);
  t.equal(await gateway.auditFaults(), 0);
});

t.test('where the upstream does not count, the answer is our own count', async (t) => {
  const gateway = await startTestGateway(t);
  const client = clientOf(gateway, await gateway.createKey());
  for (const exception of ['ValidationException', 'AccessDeniedException']) {
    gateway.simulator.script({ times: 1, behaviour: { kind: 'error', exception } });
    const { data, response } = await client.messages.countTokens(QUESTION).withResponse();
    t.equal(response.headers.get('x-gateway-usage-source'), 'estimated');
    // 17 bytes are five tokens, and a turn has eight around it.
    t.equal(data.input_tokens, 13);
  }
  gateway.simulator.script({ times: 1, behaviour: { kind: 'error', exception: 'ThrottlingException' } });
  const error = await rejectionOf(client.messages.countTokens(QUESTION));
  t.ok(error instanceof Anthropic.RateLimitError, 'waiting may help, so it is told');
  await eventually(async () => (await openHolds(gateway)) === 0);
  t.equal(await gateway.auditFaults(), 0);
});

t.test('a key without money, or beyond its limit, is refused before any call', async (t) => {
  const gateway = await startTestGateway(t);
  const poor = await gateway.createKey({ month_quota: '0' });
  t.match(await rejectionOf(clientOf(gateway, poor).messages.countTokens(QUESTION)), { status: 402 });
  const limited = await gateway.createKey();
  await limitKey(gateway, limited, { requests: 1, tokens: 5 });
  t.equal(gateway.simulator.journal.entries().length, 0);
  await clientOf(gateway, limited).messages.countTokens(QUESTION);
  t.match(await rejectionOf(clientOf(gateway, limited).messages.countTokens(QUESTION)), { status: 429 });
  t.equal(gateway.simulator.journal.entries().length, 1);
});

t.test('what a message would be refused for, counting is, too', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const count = (body: object) =>
    gateway.api('POST', '/v1/messages/count_tokens?beta=true', { key: key.secret, body });
  const unknown = await count({ ...QUESTION, model: 'nobody' });
  t.match(unknown, { status: 404, body: { error: { type: 'not_found_error' } } });
  const tools = [{ type: 'bash_20250124', name: 'bash' }];
  t.match(await count({ ...QUESTION, tools }), {
    status: 400,
    body: { error: { message: /tools\.0\.type/ } },
  });
});
