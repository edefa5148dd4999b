// What a request may ask of its answer beside text, as the AWS SDK sees it.
import {
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
  type ConverseStreamOutput,
  type ToolConfiguration,
} from '@aws-sdk/client-bedrock-runtime';
import t from 'tap';
import { sampleOf } from '../../src/simulator/sample-json.ts';
import { ask, awsClient, MODEL, start } from './support.ts';

const WEATHER = {
  toolSpec: {
    name: 'get_weather',
    inputSchema: {
      json: { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } } },
    },
  },
};
const CLOCK = { toolSpec: { name: 'clock', inputSchema: { json: { type: 'object' } } } };
const TOOLS: ToolConfiguration = { tools: [WEATHER, CLOCK] };

async function setUp(t: Parameters<typeof start>[0]) {
  const simulator = await start(t);
  const client = awsClient(t, simulator);
  return {
    simulator,
    async whole(text: string, more: Partial<ConverseCommandInput> = {}) {
      const answer = await client.send(new ConverseCommand({ ...ask(text), ...more }));
      return { ...answer, content: answer.output?.message?.content ?? [] };
    },
    async streamed(text: string, more: Partial<ConverseCommandInput> = {}) {
      const { stream } = await client.send(new ConverseStreamCommand({ ...ask(text), ...more }));
      const events: ConverseStreamOutput[] = [];
      for await (const event of stream ?? []) events.push(event);
      return events;
    },
  };
}

t.test('a tool that the words ask for is called, with what they say or with a sample', async (t) => {
  const { whole, streamed } = await setUp(t);
  const plain = await whole('Please use get_weather.', { toolConfig: TOOLS });
  t.equal(plain.stopReason, 'tool_use');
  t.match(plain.content, [{ toolUse: { name: 'get_weather', input: { city: 'example', days: 1 } } }]);
  const both = await whole('call clock and get_weather with {"city":"O{s}lo"} now', { toolConfig: TOOLS });
  t.match(both.content, [
    { toolUse: { name: 'clock', input: {} } },
    { toolUse: { name: 'get_weather', input: { city: 'O{s}lo' } } },
  ]);
  const events = await streamed('call get_weather with {"city":"Oslo"}', { toolConfig: TOOLS });
  const fragments = events.flatMap((event) => event.contentBlockDelta?.delta?.toolUse?.input ?? []);
  t.equal(fragments[0], '', 'the first fragment is empty, as the service has it');
  t.equal(fragments.join(''), '{"city":"Oslo"}');
  for (const text of ['How is the weather?', 'do you use clockwork?', 'clock'])
    t.match((await whole(text, { toolConfig: TOOLS })).content, [{ text: /\w/ }], text);
});

t.test('a tool that must be called is called, whatever the words are', async (t) => {
  const { whole } = await setUp(t);
  const any = await whole('Hello', { toolConfig: { ...TOOLS, toolChoice: { any: {} } } });
  t.match(any.content, [{ toolUse: { name: 'get_weather' } }]);
  const named = await whole('Hello', { toolConfig: { ...TOOLS, toolChoice: { tool: { name: 'clock' } } } });
  t.match(named.content, [{ toolUse: { name: 'clock', input: {} } }]);
});

t.test('the results of a tool are told, and it is not called again', async (t) => {
  const { whole } = await setUp(t);
  const toolUse = { toolUseId: 'tooluse_1', name: 'clock', input: {} };
  const messages: ConverseCommandInput['messages'] = [
    { role: 'user', content: [{ text: 'use clock' }] },
    { role: 'assistant', content: [{ toolUse }] },
    {
      role: 'user',
      content: [{ toolResult: { toolUseId: 'tooluse_1', content: [{ text: 'half past nine' }] } }],
    },
  ];
  const { content, stopReason } = await whole('', { messages, toolConfig: TOOLS });
  t.match(content, [{ text: /half past nine/ }]);
  t.equal(stopReason, 'end_turn');
});

t.test('models that call tools only in whole answers refuse them in streams', async (t) => {
  const { whole, streamed } = await setUp(t);
  for (const modelId of [
    'us.meta.llama3-3-70b-instruct-v1:0',
    'us.deepseek.r1-v1:0',
    'ai21.jamba-1-5-mini-v1:0',
  ]) {
    await t.rejects(streamed('use clock', { modelId, toolConfig: TOOLS }), {
      name: 'ValidationException',
      message: "This model doesn't support tool use in streaming mode.",
    });
    t.match((await whole('use clock', { modelId, toolConfig: TOOLS })).content, [
      { toolUse: { name: 'clock' } },
    ]);
    t.equal((await streamed('Hello', { modelId })).at(-2)?.messageStop?.stopReason, 'end_turn');
  }
});

t.test('an answer that must fit a schema fits it', async (t) => {
  const { whole } = await setUp(t);
  const schema = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] };
  const outputConfig = (text: string): ConverseCommandInput['outputConfig'] => ({
    textFormat: { type: 'json_schema', structure: { jsonSchema: { name: 'verdict', schema: text } } },
  });
  const { content } = await whole('Well?', { outputConfig: outputConfig(JSON.stringify(schema)) });
  t.match(content, [{ text: '{"ok":true}' }]);
  await t.rejects(whole('Well?', { outputConfig: outputConfig('no schema') }), {
    name: 'ValidationException',
  });
});

t.test('samples fit their schemas', async (t) => {
  const recursive = {
    $ref: '#/$defs/node',
    $defs: {
      node: {
        type: 'object',
        properties: { next: { $ref: '#/$defs/node' }, id: { type: 'integer' } },
        required: ['id'],
      },
    },
  };
  const deep = JSON.stringify(sampleOf(recursive));
  t.match(deep, /^\{"next":.*"id":1\}$/, 'a schema may contain itself');
  t.ok(deep.length < 500);
  const table: [schema: object, value: unknown][] = [
    [{ enum: ['red', 'green'] }, 'red'],
    [{ const: 7 }, 7],
    [{ anyOf: [{ type: 'null' }, { type: 'string' }] }, null],
    [{ type: ['string', 'null'], minLength: 9 }, 'example..'],
    [{ type: 'number', minimum: 4 }, 4],
    [{ type: 'array', items: { type: 'string', format: 'date' }, minItems: 2 }, ['2026-01-02', '2026-01-02']],
    [{ allOf: [{ type: 'object', properties: { a: { type: 'null' } } }] }, { a: null }],
    [{}, {}],
  ];
  for (const [schema, value] of table) t.same(sampleOf(schema), value, JSON.stringify(schema));
});

t.test(
  'the tier that is asked for serves, and the stop sequence is named where that is asked for',
  async (t) => {
    const { whole, streamed } = await setUp(t);
    const more: Partial<ConverseCommandInput> = {
      serviceTier: { type: 'flex' },
      inferenceConfig: { stopSequences: ['many answers'] },
      additionalModelResponseFieldPaths: ['/stop_sequence', '/delta/stop_sequence'],
    };
    const text = 'There are many answers';
    const answer = await whole(text, more);
    t.match(answer.serviceTier, { type: 'flex' });
    const met = answer.stopReason === 'stop_sequence' ? 'useful' : null;
    t.same(answer.additionalModelResponseFields, { stop_sequence: met, delta: { stop_sequence: met } });
    const events = await streamed(text, more);
    t.match(events.at(-1)?.metadata?.serviceTier, { type: 'flex' });
    t.same(events.at(-2)?.messageStop?.additionalModelResponseFields, answer.additionalModelResponseFields);
    t.equal((await whole(text)).serviceTier, undefined);
  },
);

t.test('a script may answer with sources, fields, a tier, a trace and thought in pieces', async (t) => {
  const { simulator, whole, streamed } = await setUp(t);
  const citation = {
    title: 'Report',
    sourceContent: [{ text: 'It rained.' }],
    location: { documentPage: { documentIndex: 0, start: 1, end: 2 } },
  };
  simulator.script({
    match: { modelId: MODEL },
    behaviour: {
      kind: 'answer',
      blocks: [
        { redactedReasoning: ['AAB=', 'AAE='] },
        { cited: { text: 'It rained.', citations: [citation] } },
      ],
      stopReason: 'guardrail_intervened',
      responseFields: { stop_sequence: 'x' },
      serviceTier: 'priority',
      trace: { guardrail: { actionReason: 'Guardrail blocked.' } },
    },
  });
  const answer = await whole('Hello');
  t.same(answer.content[1]?.citationsContent, { content: [{ text: 'It rained.' }], citations: [citation] });
  t.equal(answer.content[0]?.reasoningContent?.redactedContent?.length, 4);
  t.match(answer, {
    stopReason: 'guardrail_intervened',
    serviceTier: { type: 'priority' },
    trace: { guardrail: { actionReason: 'Guardrail blocked.' } },
    additionalModelResponseFields: { stop_sequence: 'x' },
  });
  const events = await streamed('Hello');
  t.same(
    events.flatMap((event) => event.contentBlockDelta?.delta?.citation ?? []),
    [citation],
  );
  t.equal(
    events.filter((event) => event.contentBlockDelta?.delta?.reasoningContent?.redactedContent).length,
    2,
  );
  t.match(events.at(-1)?.metadata, { serviceTier: { type: 'priority' }, trace: { guardrail: {} } });
});
