// The official SDK: whole answers, streams, the stream helper, and what is on record afterwards.
import t from 'tap';
import { startTestGateway } from '../helpers/gateway.ts';
import { ask, clientOf, collect, MODEL } from './sdk.ts';

const USAGE = { inputTokens: 40, outputTokens: 8, totalTokens: 48 };

t.test('a whole message, its headers and its thread', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const client = clientOf(gateway, key);
  gateway.simulator.script({ behaviour: { kind: 'answer', text: 'pong', usage: USAGE } });
  const { data, response, request_id } = await client.messages
    .create({ ...ask('ping'), system: 'Be brief' })
    .withResponse();
  t.match(data, {
    id: /^msg_[0-9a-f-]{36}$/,
    type: 'message',
    role: 'assistant',
    model: MODEL,
    content: [{ type: 'text', text: 'pong' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 40, output_tokens: 8, cache_read_input_tokens: 0, service_tier: 'standard' },
  });
  t.equal(request_id, response.headers.get('x-request-id'));
  t.equal(response.headers.get('x-gateway-cost'), '0.0000200000');
  t.equal(response.headers.get('x-gateway-dropped-params'), null);
  await gateway.recorded(1);
  const { body } = await gateway.api('GET', '/user/thread/detail/1', { key: key.secret });
  t.match(body.data, { status: 'ok', tokens_in: 40, tokens_out: 8, prompt: 'ping', completion: 'pong' });
  t.equal(await gateway.auditFaults(), 0);
});

t.test('a stream, read raw and by the helper', async (t) => {
  const gateway = await startTestGateway(t);
  const client = clientOf(gateway, await gateway.createKey());
  gateway.simulator.script({ behaviour: { kind: 'answer', deltas: ['Hel', 'lo'], usage: USAGE } });
  const events = await collect(await client.messages.create({ ...ask('ping'), stream: true }));
  t.same(
    events.map(({ type }) => type),
    [
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ],
  );
  const [start] = events;
  t.ok(start?.type === 'message_start' && start.message.usage.input_tokens > 0, 'our own count comes first');

  const stream = client.messages.stream(ask('ping'));
  const texts: string[] = [];
  stream.on('text', (text) => texts.push(text));
  const message = await stream.finalMessage();
  t.same(texts, ['Hel', 'lo']);
  t.match(message, {
    model: MODEL,
    content: [{ type: 'text', text: 'Hello' }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 40, output_tokens: 8 },
  });
  await gateway.recorded(2);
  t.equal(await gateway.auditFaults(), 0);
});

t.test('both headers carry a key; where they differ, x-api-key counts', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const send = (headers: Record<string, string>) =>
    gateway.api('POST', '/v1/messages', { headers, body: ask('ping') });
  const bearer = { authorization: `Bearer ${key.secret}` };
  t.equal((await send(bearer)).status, 200);
  t.equal((await send({ 'x-api-key': key.secret })).status, 200);
  t.equal((await send({ 'x-api-key': key.secret, authorization: 'Bearer br-other' })).status, 200);
  t.equal((await send({ 'x-api-key': 'br-other', ...bearer })).status, 401);
});

t.test('cost and dropped parameters are told; strict gateways refuse the latter', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const headers = { 'x-gateway-include-cost': 'true', 'anthropic-beta': 'advisor-tool-2026-03-01' };
  const body = { ...ask('ping'), context_management: { edits: [{}] } };
  const answer = await gateway.api('POST', '/v1/messages?beta=true', { key: key.secret, headers, body });
  t.equal(answer.status, 200);
  t.equal(
    answer.headers.get('x-gateway-dropped-params'),
    'anthropic-beta.advisor-tool-2026-03-01, context_management',
  );
  t.equal(answer.body.usage.cost.toFixed(10), answer.headers.get('x-gateway-cost'));

  const strict = await startTestGateway(t, { env: { STRICT_PARAMS: 'true' } });
  const other = await strict.createKey();
  const refused = await strict.api('POST', '/v1/messages', { key: other.secret, body });
  t.equal(refused.status, 400);
  t.match(refused.body.error, { type: 'invalid_request_error', message: /context_management/ });
  t.equal(strict.simulator.journal.entries().length, 0);
});

t.test('a client that leaves a stream pays what was used', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const client = clientOf(gateway, key);
  const gate = { name: 'gate', afterDeltas: 1 };
  gateway.simulator.script({ behaviour: { kind: 'answer', deltas: ['one ', 'two '], usage: USAGE, gate } });
  const stream = client.messages.stream(ask('ping'));
  await new Promise<void>((resolve) => stream.on('text', () => resolve()));
  const ended = new Promise<void>((resolve) => stream.on('abort', () => resolve()));
  stream.abort();
  await ended;
  gateway.simulator.release('gate');
  await gateway.recorded(1);
  const { body } = await gateway.api('GET', '/user/thread/detail/1', { key: key.secret });
  t.match(body.data, { tokens_in: 40, tokens_out: 8 });
  t.match(body.data.status, /^(client_closed|ok)$/);
});
