// More than text: tools, thoughts, pictures, documents, forms; through the official SDK to the upstream and back.
import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema';
import t from 'tap';
import { startTestGateway, type TestGateway } from '../helpers/gateway.ts';
import { ask, clientOf, MODEL, rejectionOf } from './sdk.ts';

const THINKER = 'us.anthropic.claude-sonnet-5-5';
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const WEATHER = {
  name: 'weather',
  description: 'The weather of a place.',
  input_schema: { type: 'object' as const, properties: { place: { type: 'string' } }, required: ['place'] },
};
const CALL = { toolUseId: 'tooluse_1', name: 'weather', input: ['{"place":', '"Rome"}'] };

function sentTo({ simulator }: TestGateway, index = 0): unknown {
  return simulator.journal.entries()[index]?.request;
}

t.test('the tool runner of the SDK calls, answers and ends', async (t) => {
  const gateway = await startTestGateway(t);
  const client = clientOf(gateway, await gateway.createKey());
  const blocks = [{ text: 'I look. ' }, { toolUse: CALL }];
  gateway.simulator.script({ times: 1, behaviour: { kind: 'answer', blocks, stopReason: 'tool_use' } });
  gateway.simulator.script({ times: 1, behaviour: { kind: 'answer', text: 'It is sunny in Rome.' } });
  const places: string[] = [];
  const tool = betaTool({
    name: 'weather',
    description: 'The weather of a place.',
    inputSchema: { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] },
    run: ({ place }) => {
      places.push(String(place));
      return 'sunny';
    },
  });
  const last = await client.beta.messages.toolRunner({ ...ask('How is Rome?'), tools: [tool] });
  t.same(places, ['Rome']);
  t.match(last, { content: [{ type: 'text', text: 'It is sunny in Rome.' }], stop_reason: 'end_turn' });
  t.match(sentTo(gateway, 1), {
    messages: [
      { role: 'user', content: [{ text: 'How is Rome?' }] },
      {
        role: 'assistant',
        content: [{ text: 'I look. ' }, { toolUse: { ...CALL, input: { place: 'Rome' } } }],
      },
      { role: 'user', content: [{ toolResult: { toolUseId: 'tooluse_1', content: [{ text: 'sunny' }] } }] },
    ],
    toolConfig: { tools: [{ toolSpec: { name: 'weather', inputSchema: { json: WEATHER.input_schema } } }] },
  });
  await gateway.recorded(2);
  t.equal(await gateway.auditFaults(), 0);
});

t.test('parallel calls of tools are streamed one block after the other', async (t) => {
  const gateway = await startTestGateway(t);
  const client = clientOf(gateway, await gateway.createKey());
  const again = { ...CALL, toolUseId: 'tooluse_2', input: [] };
  const blocks = [{ toolUse: CALL }, { toolUse: again }];
  gateway.simulator.script({ behaviour: { kind: 'answer', blocks, stopReason: 'tool_use' } });
  const stream = client.messages.stream({
    ...ask('How is Rome?'),
    tools: [WEATHER],
    tool_choice: { type: 'any' },
  });
  t.match(await stream.finalMessage(), {
    content: [
      { type: 'tool_use', id: 'tooluse_1', name: 'weather', input: { place: 'Rome' } },
      { type: 'tool_use', id: 'tooluse_2', name: 'weather', input: {} },
    ],
    stop_reason: 'tool_use',
  });
  t.match(sentTo(gateway), { toolConfig: { toolChoice: { any: {} } } });
});

t.test('thoughts come signed or hidden, streamed and whole, and go back unchanged', async (t) => {
  const gateway = await startTestGateway(t);
  const client = clientOf(gateway, await gateway.createKey());
  const hidden = Buffer.from('hidden').toString('base64');
  const blocks = [
    { reasoning: { text: ['I ', 'think'], signature: 'c2ln' } },
    { redactedReasoning: hidden },
    { text: ['So ', 'be it'] },
  ];
  gateway.simulator.script({ behaviour: { kind: 'answer', blocks } });
  const question = {
    ...ask('Why?'),
    model: THINKER,
    max_tokens: 2_000,
    thinking: { type: 'adaptive' as const, display: 'summarized' as const },
    output_config: { effort: 'high' as const },
  };
  const content = [
    { type: 'thinking', thinking: 'I think', signature: 'c2ln' },
    { type: 'redacted_thinking', data: hidden },
    { type: 'text', text: 'So be it' },
  ];
  const streamed = await client.messages.stream(question).finalMessage();
  t.match(streamed.content, content);
  const whole = await client.messages.create(question);
  t.match(whole.content, content);
  t.match(sentTo(gateway), { additionalModelRequestFields: { thinking: { type: 'adaptive' } } });
  const messages = [
    ...question.messages,
    { role: 'assistant' as const, content: whole.content },
    { role: 'user' as const, content: 'Go on' },
  ];
  await client.messages.create({ ...question, messages });
  t.match(sentTo(gateway, 2), {
    messages: [
      {},
      {
        role: 'assistant',
        content: [
          { reasoningContent: { reasoningText: { text: 'I think', signature: 'c2ln' } } },
          { reasoningContent: { redactedContent: hidden } },
          { text: 'So be it' },
        ],
      },
      {},
    ],
  });
});

t.test('pictures and documents reach the upstream as bytes, cache points behind them', async (t) => {
  const gateway = await startTestGateway(t);
  const client = clientOf(gateway, await gateway.createKey());
  await client.messages.create({
    ...ask(''),
    model: THINKER,
    messages: [
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
          {
            type: 'document',
            source: { type: 'text', media_type: 'text/plain', data: 'The sky is blue.' },
            title: 'sky.txt',
            cache_control: { type: 'ephemeral' },
          },
          { type: 'text', text: 'What is it?' },
        ],
      },
    ],
  });
  t.match(sentTo(gateway), {
    messages: [
      {
        role: 'user',
        content: [
          { image: { format: 'png', source: { bytes: PNG } } },
          {
            document: {
              format: 'txt',
              source: { bytes: Buffer.from('The sky is blue.').toString('base64') },
            },
          },
          { cachePoint: { type: 'default' } },
          { text: 'What is it?' },
        ],
      },
    ],
  });
});

t.test('what a model cannot do is refused with the path of the block', async (t) => {
  const gateway = await startTestGateway(t);
  const client = clientOf(gateway, await gateway.createKey());
  const image = {
    type: 'image' as const,
    source: { type: 'base64' as const, media_type: 'image/png' as const, data: PNG },
  };
  const content = [{ type: 'text' as const, text: 'Look' }, image];
  const blind = await rejectionOf(
    client.messages.create({ ...ask(''), model: 'mistral-7b', messages: [{ role: 'user', content }] }),
  );
  t.match(blind, { status: 400, type: 'invalid_request_error', message: /messages\.0\.content\.1/ });
  const lost = await rejectionOf(
    client.messages.create({
      ...ask(''),
      model: MODEL,
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'u1', name: 'weather', input: {} }] },
        { role: 'user', content: 'And?' },
      ],
    }),
  );
  t.match(lost, { status: 400, type: 'invalid_request_error' });
  t.equal(gateway.simulator.journal.entries().length, 0);
});
