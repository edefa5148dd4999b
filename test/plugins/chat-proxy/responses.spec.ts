// POST /v1/responses end to end: OpenAI's own SDK, the gateway, the simulator.
import OpenAI, { APIError, APIUserAbortError, BadRequestError, NotFoundError, RateLimitError } from 'openai';
import { zodResponsesFunction, zodTextFormat } from 'openai/helpers/zod';
import type { ResponseInput, ResponseStreamEvent } from 'openai/resources/responses/responses';
import t, { type Test } from 'tap';
import { z } from 'zod';
import { startTestGateway } from '../../helpers/gateway.ts';

const HAIKU = 'claude-3-haiku';
/** Thinks, and signs what it thinks. */
const SONNET = 'global.anthropic.claude-sonnet-4-6';

async function start(t: Test) {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: key.secret, maxRetries: 0 });
  const respond = (body: object, headers: Record<string, string> = {}) =>
    gateway.api('POST', '/v1/responses', {
      key: key.secret,
      headers,
      body: { model: HAIKU, input: 'Hi', ...body },
    });
  return { gateway, key, client, respond };
}

/** Bodies that the upstream was sent, oldest first. */
function sent({ simulator }: Awaited<ReturnType<typeof startTestGateway>>) {
  // The journal keeps what came, of any shape.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  return simulator.journal.entries().map(({ request }) => request as any);
}

/** What the promise ends in, if it is an error of this class; else the test fails. */
async function thrown<E extends Error>(
  t: Test,
  made: PromiseLike<unknown>,
  type: abstract new (...args: never[]) => E,
) {
  const error = await Promise.resolve(made).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof type) return error;
  t.fail(`expected a ${type.name}`, { found: error });
  return undefined;
}

async function eventsOf(stream: AsyncIterable<ResponseStreamEvent>): Promise<ResponseStreamEvent[]> {
  const all: ResponseStreamEvent[] = [];
  for await (const event of stream) all.push(event);
  return all;
}

t.test('an answer is a response, is charged, and is a thread', async (t) => {
  const { gateway, client } = await start(t);
  const usage = { inputTokens: 1000, outputTokens: 7, totalTokens: 1007 };
  gateway.simulator.script({ behaviour: { kind: 'answer', text: 'pong', usage } });
  const request = {
    model: HAIKU,
    input: 'ping',
    instructions: 'Be brief',
    max_output_tokens: 50,
    store: true,
  };
  const response = await client.responses.create(request);
  t.equal(response.output_text, 'pong');
  t.match(response, { status: 'completed', model: HAIKU, store: false, usage: { input_tokens: 1000 } });
  t.match(sent(gateway)[0], {
    system: [{ text: 'Be brief' }],
    messages: [{ role: 'user', content: [{ text: 'ping' }] }],
    inferenceConfig: { maxTokens: 50 },
  });
  await gateway.recorded(1);
  const { data } = (await gateway.admin('GET', '/admin/thread/detail/1')).body;
  t.match(data, { prompt: 'ping', completion: 'pong', fee: '0.0002587500', status: 'ok' });
  t.match(JSON.parse(data.whole_prompt), [
    { role: 'system', content: 'Be brief' },
    { role: 'user', content: 'ping' },
  ]);
});

t.test('a stream is read by raw iteration and by the helper', async (t) => {
  const { gateway, client } = await start(t);
  gateway.simulator.script({ behaviour: { kind: 'answer', deltas: ['Hel', 'lo 🙂'] } });
  const events = await eventsOf(await client.responses.create({ model: HAIKU, input: 'Hi', stream: true }));
  t.same(
    events.map(({ sequence_number }) => sequence_number),
    events.map((_event, index) => index),
  );
  const last = events.at(-1);
  t.equal(last?.type === 'response.completed' && last.response.status, 'completed');
  const helper = client.responses.stream({ model: HAIKU, input: 'Hi' });
  const told: string[] = [];
  helper.on('response.output_text.delta', ({ delta }) => told.push(delta));
  const final = await helper.finalResponse();
  t.equal(told.join(''), 'Hello 🙂');
  t.match(final, { output_text: 'Hello 🙂', status: 'completed' });
  await gateway.recorded(2);
  t.equal(await gateway.auditFaults(), 0);
});

t.test('an answer that was cut is incomplete, whole and streamed', async (t) => {
  const { gateway, client } = await start(t);
  gateway.simulator.script({ behaviour: { kind: 'answer', text: 'and then', stopReason: 'max_tokens' } });
  const expected = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
  t.match(await client.responses.create({ model: HAIKU, input: 'Hi' }), expected);
  t.match(await client.responses.stream({ model: HAIKU, input: 'Hi' }).finalResponse(), expected);
});

const Weather = z.object({ city: z.string(), degrees: z.number() });

t.test('answers and arguments are parsed by their schemas', async (t) => {
  const { gateway, client } = await start(t);
  const format = zodTextFormat(Weather, 'weather');
  gateway.simulator.script({
    times: 1,
    match: { modelId: SONNET },
    behaviour: { kind: 'answer', text: '{"city":"Oslo","degrees":3}' },
  });
  const asked = { model: SONNET, input: 'Weather?' };
  const parsed = await client.responses.parse({ ...asked, text: { format } });
  t.same(parsed.output_parsed, { city: 'Oslo', degrees: 3 });

  const tool = zodResponsesFunction({ name: 'weather', parameters: Weather });
  const input = ['{"city":', '"Rome","degrees":9}'];
  gateway.simulator.script({
    behaviour: { kind: 'answer', blocks: [{ toolUse: { toolUseId: 't1', name: 'weather', input } }] },
  });
  const called = await client.responses.parse({ ...asked, tools: [tool] });
  t.match(called.output[0], { type: 'function_call', parsed_arguments: { city: 'Rome', degrees: 9 } });
  const streamed = await client.responses.stream({ ...asked, tools: [tool] }).finalResponse();
  t.match(streamed.output[0], { type: 'function_call', parsed_arguments: { city: 'Rome', degrees: 9 } });
});

const TOOLS = [
  { type: 'function' as const, name: 'look', parameters: { type: 'object' }, strict: false },
  { type: 'custom' as const, name: 'patch', description: 'Edits files.' },
];

t.test('a loop of tools gives the model back what it thought, byte for byte', async (t) => {
  const { gateway, client } = await start(t);
  const thought = { text: ['Let me ', 'see 🙂'], signature: 'c2lnbmVk' };
  gateway.simulator.script({
    times: 2,
    behaviour: {
      kind: 'answer',
      blocks: [
        { reasoning: thought },
        { redactedReasoning: 'AAECAw==' },
        { text: 'Looking.' },
        { toolUse: { toolUseId: 't1', name: 'look', input: [] } },
        { toolUse: { toolUseId: 't2', name: 'patch', input: ['{"input":"*** Be', 'gin\\n+x"}'] } },
      ],
    },
  });
  const asked = {
    model: SONNET,
    tools: TOOLS,
    reasoning: { effort: 'medium' as const, summary: 'auto' as const },
    include: ['reasoning.encrypted_content' as const],
    store: false,
  };
  const question: ResponseInput = [{ role: 'user', content: 'Go' }];
  const whole = await client.responses.create({ ...asked, input: question });
  const streamed = await client.responses.stream({ ...asked, input: question }).finalResponse();
  for (const { output } of [whole, streamed]) {
    t.match(output, [
      { type: 'reasoning', summary: [{ text: 'Let me see 🙂' }] },
      { type: 'reasoning', summary: [] },
      { type: 'message', content: [{ text: 'Looking.' }] },
      { type: 'function_call', call_id: 't1', name: 'look', arguments: '{}' },
      { type: 'custom_tool_call', call_id: 't2', name: 'patch', input: '*** Begin\n+x' },
    ]);
    gateway.simulator.reset();
    gateway.simulator.script({ behaviour: { kind: 'answer', text: 'Done.' } });
    const input: ResponseInput = [
      ...question,
      // The SDK's types of output know kinds of items that its input does not.
      ...(output as ResponseInput),
      { type: 'function_call_output', call_id: 't1', output: 'nothing' },
      { type: 'custom_tool_call_output', call_id: 't2', output: 'patched' },
    ];
    const answer = await client.responses.create({ ...asked, input }).withResponse();
    t.equal(answer.data.output_text, 'Done.');
    t.equal(answer.response.headers.get('x-gateway-dropped-params'), null);
    const [body] = sent(gateway);
    t.match(body.messages, [
      { role: 'user' },
      {
        role: 'assistant',
        content: [
          { reasoningContent: { reasoningText: { text: 'Let me see 🙂', signature: 'c2lnbmVk' } } },
          { reasoningContent: { redactedContent: 'AAECAw==' } },
          { text: 'Looking.' },
          { toolUse: { toolUseId: 't1', name: 'look', input: {} } },
          { toolUse: { toolUseId: 't2', name: 'patch', input: { input: '*** Begin\n+x' } } },
        ],
      },
      {
        role: 'user',
        content: [
          { toolResult: { toolUseId: 't1', content: [{ text: 'nothing' }] } },
          { toolResult: { toolUseId: 't2', content: [{ text: 'patched' }] } },
        ],
      },
    ]);
    t.equal(body.messages.length, 3);
  }
});

t.test('what cannot be served is a BadRequestError that names the field as it is here', async (t) => {
  const { gateway, respond, client } = await start(t);
  const refusalOf = async (body: object) => (await respond(body)).body.error;
  t.match(await refusalOf({ previous_response_id: 'resp_1' }), {
    type: 'invalid_request_error',
    code: 'unsupported_parameter',
    param: 'previous_response_id',
  });
  t.match(await refusalOf({ tools: [{ type: 'web_search' }] }), { param: 'tools[0].type' });
  t.match(
    await refusalOf({ input: '   ' }),
    { code: 'invalid_value', param: 'input' },
    'found by the encoder',
  );
  const call = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' };
  t.match(await refusalOf({ input: [{ role: 'user', content: 'a' }, call] }), { param: 'input' });
  const orphan = { type: 'function_call_output', call_id: 'nobody', output: 'x' };
  t.match(await refusalOf({ input: [{ role: 'user', content: 'a' }, orphan] }), { param: 'input[1]' });
  const image = { type: 'input_image', image_url: 'data:image/png;base64,iVBORw0KGgoA' };
  t.match(await refusalOf({ model: 'llama3-8b', input: [{ role: 'user', content: [image] }] }), {
    code: 'unsupported_value',
    param: 'input[0].content[0]',
  });
  await thrown(t, client.responses.create({ model: HAIKU, input: 'Hi', background: true }), BadRequestError);
  await thrown(t, client.responses.create({ model: 'nobody', input: 'Hi' }), NotFoundError);
  await thrown(t, client.responses.create({ model: 'nobody', input: 'Hi', stream: true }), NotFoundError);
  t.equal(gateway.simulator.journal.entries().length, 0, 'nothing was sent');
});

t.test('an upstream that is throttled is a RateLimitError', async (t) => {
  const { gateway, client } = await start(t);
  gateway.simulator.script({ behaviour: { kind: 'error', exception: 'ThrottlingException' } });
  await thrown(t, client.responses.create({ model: HAIKU, input: 'Hi' }), RateLimitError);
  await thrown(t, client.responses.create({ model: HAIKU, input: 'Hi', stream: true }), RateLimitError);
});

t.test('an answer that breaks off throws, by raw iteration and in the helper', async (t) => {
  const { gateway, client } = await start(t);
  const fault = { kind: 'exception', name: 'ModelStreamErrorException', afterDeltas: 1 } as const;
  gateway.simulator.script({ behaviour: { kind: 'answer', deltas: ['a', 'b', 'c'], fault } });
  const raw = client.responses.create({ model: HAIKU, input: 'Hi', stream: true }).then(eventsOf);
  t.match(await thrown(t, raw, APIError), { type: 'server_error', code: 'upstream_error' });
  await thrown(t, client.responses.stream({ model: HAIKU, input: 'Hi' }).finalResponse(), APIError);
});

t.test('a client that leaves is settled like any other', async (t) => {
  const { gateway, client } = await start(t);
  gateway.simulator.script({
    behaviour: { kind: 'answer', deltas: ['a', 'b', 'c'], gate: { name: 'on', afterDeltas: 2 } },
  });
  const left = new Promise((resolve) => {
    gateway.app.server.once('request', (_request, response) => response.once('close', resolve));
  });
  const stream = client.responses.stream({ model: HAIKU, input: 'Hi' });
  stream.on('response.output_text.delta', () => stream.abort());
  await thrown(t, stream.finalResponse(), APIUserAbortError);
  await gateway.simulator.reached('on');
  await left;
  gateway.simulator.release('on');
  await gateway.recorded(1);
  t.match((await gateway.admin('GET', '/admin/thread/detail/1')).body.data, { status: 'client_closed' });
  t.equal(await gateway.auditFaults(), 0);
});

t.test(
  'what has no effect is named in the header, and the cost stands in the usage where it is asked for',
  async (t) => {
    const { respond } = await start(t);
    const answer = await respond({ truncation: 'auto', whatever: 1 }, { 'x-gateway-include-cost': 'true' });
    t.equal(answer.headers.get('x-gateway-dropped-params'), 'truncation, whatever');
    t.equal(answer.body.usage.cost, Number(answer.headers.get('x-gateway-cost')));
  },
);

t.test('where parameters without effect are refused, they are named as they are here', async (t) => {
  const gateway = await startTestGateway(t, { env: { STRICT_PARAMS: 'true' } });
  const { secret } = await gateway.createKey();
  const body = { model: HAIKU, input: 'Hi', reasoning: { effort: 'high' } };
  const answer = await gateway.api('POST', '/v1/responses', { key: secret, body });
  t.match(answer.body.error, { code: 'unsupported_parameter', param: 'reasoning' });
});

t.test('there are no stored responses', async (t) => {
  const { client } = await start(t);
  await t.rejects(client.responses.retrieve('resp_1'), { status: 404, message: /not stored/ });
  await t.rejects(client.responses.delete('resp_1'), { status: 404, message: /not stored/ });
});
