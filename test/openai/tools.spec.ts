// Tools, as the official SDK uses them: raw, by its stream helper, by its tool runner, and in their older forms.
import t from 'tap';
import { startTestGateway } from '../helpers/gateway.ts';
import { ask, clientOf, collect, MODEL, sentBy } from './sdk.ts';

const PARAMETERS = { type: 'object', properties: { city: { type: 'string' } } };
const WEATHER = { type: 'function' as const, function: { name: 'weather', parameters: PARAMETERS } };
const CLOCK = { type: 'function' as const, function: { name: 'clock' } };

const CALLS = {
  kind: 'answer' as const,
  stopReason: 'tool_use',
  blocks: [
    { text: 'I look.' },
    { toolUse: { toolUseId: 'tooluse_1', name: 'weather', input: ['', '{"city":', '"Oslo"}'] } },
    { toolUse: { toolUseId: 'tooluse_2', name: 'clock', input: [] } },
  ],
};

const EXPECTED = [
  { id: 'tooluse_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
  { id: 'tooluse_2', type: 'function', function: { name: 'clock', arguments: '{}' } },
];

t.test('parallel calls come whole, raw and by the stream helper alike', async (t) => {
  const gateway = await startTestGateway(t);
  const client = clientOf(gateway, await gateway.createKey());
  gateway.simulator.script({ behaviour: CALLS });
  const request = { ...ask('Weather and time?'), tools: [WEATHER, CLOCK] };

  const whole = await client.chat.completions.create(request);
  t.match(whole.choices[0], {
    finish_reason: 'tool_calls',
    message: { content: 'I look.', tool_calls: EXPECTED },
  });

  const chunks = await collect(await client.chat.completions.create({ ...request, stream: true }));
  const deltas = chunks.flatMap((chunk) => chunk.choices[0]?.delta.tool_calls ?? []);
  t.same(deltas, [
    { index: 0, id: 'tooluse_1', type: 'function', function: { name: 'weather', arguments: '' } },
    { index: 0, function: { arguments: '{"city":' } },
    { index: 0, function: { arguments: '"Oslo"}' } },
    { index: 1, id: 'tooluse_2', type: 'function', function: { name: 'clock', arguments: '' } },
    { index: 1, function: { arguments: '{}' } },
  ]);

  const helped = await client.chat.completions.stream(request).finalChatCompletion();
  t.match(helped.choices[0], {
    finish_reason: 'tool_calls',
    message: { content: 'I look.', tool_calls: EXPECTED },
  });
  await gateway.recorded(3);
  t.equal(await gateway.auditFaults(), 0);
});

t.test('the tool runner goes round the loop, streamed and not', async (t) => {
  const gateway = await startTestGateway(t);
  const client = clientOf(gateway, await gateway.createKey());
  const asked: object[] = [];
  const tool = {
    type: 'function' as const,
    function: {
      name: 'weather',
      parameters: PARAMETERS,
      description: 'Tells the weather',
      parse: JSON.parse,
      function: (input: { city: string }) => {
        asked.push(input);
        return `rain in ${input.city}`;
      },
    },
  };
  const request = { ...ask('call weather with {"city":"Oslo"}'), tools: [tool] };
  const whole = client.chat.completions.runTools(request);
  t.match(await whole.finalContent(), /rain in Oslo/);
  const streamed = client.chat.completions.runTools({ ...request, stream: true });
  t.match(await streamed.finalContent(), /rain in Oslo/);
  t.same(asked, [{ city: 'Oslo' }, { city: 'Oslo' }]);
  const [, second] = sentBy(gateway);
  t.match(second.messages, [
    { role: 'user' },
    { role: 'assistant', content: [{ toolUse: { name: 'weather', input: { city: 'Oslo' } } }] },
    { role: 'user', content: [{ toolResult: { content: [{ text: 'rain in Oslo' }] } }] },
  ]);
  t.equal(
    second.messages[1].content[0].toolUse.toolUseId,
    second.messages[2].content[0].toolResult.toolUseId,
  );
});

t.test('a custom tool gets free text, whole and streamed, and can be sent back', async (t) => {
  const gateway = await startTestGateway(t);
  const client = clientOf(gateway, await gateway.createKey());
  const input = ['{"inp', 'ut": "say \\"h', 'i\\" \\u00', 'e9\\n"', '}'];
  gateway.simulator.script({
    behaviour: {
      kind: 'answer',
      stopReason: 'tool_use',
      blocks: [{ toolUse: { toolUseId: 'tooluse_1', name: 'note', input } }],
    },
  });
  const request = { ...ask('Note it'), tools: [{ type: 'custom' as const, custom: { name: 'note' } }] };
  const said = 'say "hi" é\n';
  const whole = await client.chat.completions.create(request);
  const message = whole.choices[0]?.message;
  t.match(message, {
    content: null,
    tool_calls: [{ id: 'tooluse_1', type: 'custom', custom: { name: 'note', input: said } }],
  });
  const chunks = await collect(await client.chat.completions.create({ ...request, stream: true }));
  // OpenAI's chunks know only functions.
  const deltas = chunks.flatMap((chunk) => chunk.choices[0]?.delta.tool_calls ?? []);
  t.match(deltas[0], { type: 'function', id: 'tooluse_1', function: { name: 'note' } });
  const json = deltas.map((delta) => delta.function?.arguments ?? '').join('');
  t.same(JSON.parse(json), { input: said });
  const helped = (await client.chat.completions.stream(request).finalChatCompletion()).choices[0]?.message;
  t.match(helped?.tool_calls, [{ type: 'function', function: { name: 'note', arguments: json } }]);

  for (const history of [message, helped]) {
    await client.chat.completions.create({
      ...request,
      messages: [
        ...request.messages,
        // The client's own history.
        history ?? { role: 'assistant', content: '' },
        { role: 'tool', tool_call_id: 'tooluse_1', content: 'noted' },
      ],
    });
    t.match(sentBy(gateway).at(-1)?.messages[1].content, [
      { toolUse: { name: 'note', input: { input: said } } },
    ]);
  }
});

t.test('the older functions are answered in their older form', async (t) => {
  const gateway = await startTestGateway(t);
  const client = clientOf(gateway, await gateway.createKey());
  gateway.simulator.script({ times: 2, behaviour: CALLS });
  const request = { ...ask('Weather?'), functions: [{ name: 'weather', parameters: PARAMETERS }] };
  const { choices } = await client.chat.completions.create(request);
  t.match(choices[0], {
    finish_reason: 'function_call',
    message: { function_call: { name: 'weather', arguments: '{"city":"Oslo"}' } },
  });
  t.notOk(choices[0]?.message.tool_calls);
  const helped = await client.chat.completions.stream(request).finalChatCompletion();
  t.match(helped.choices[0], {
    finish_reason: 'function_call',
    message: { function_call: { name: 'weather', arguments: '{"city":"Oslo"}' } },
  });
  const answered = await client.chat.completions.create({
    ...request,
    messages: [
      ...request.messages,
      { role: 'assistant', content: null, function_call: { name: 'weather', arguments: '{"city":"Oslo"}' } },
      { role: 'function', name: 'weather', content: 'rain' },
    ],
  });
  t.match(answered.choices[0]?.message.content, /rain/);
});

t.test(
  'a call without its result, and a result without its call, are refused before any money',
  async (t) => {
    const gateway = await startTestGateway(t);
    const key = await gateway.createKey();
    const call = { role: 'assistant', content: null, tool_calls: [EXPECTED[0]] };
    const hi = { role: 'user', content: 'Hi' };
    const orphan = await gateway.chat(key, {
      model: MODEL,
      messages: [hi, { role: 'tool', tool_call_id: 'c9', content: 'x' }],
    });
    t.match(orphan, { status: 400, body: { error: { code: 'invalid_value', param: 'messages[1]' } } });
    const open = await gateway.chat(key, { model: MODEL, messages: [hi, call, hi] });
    t.match(open, { status: 400, body: { error: { code: 'invalid_value', param: 'messages' } } });
    t.match(open.body.error.message, /tooluse_1/);
    t.same(sentBy(gateway), []);
  },
);
