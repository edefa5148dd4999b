// What the model thought reaches the client and comes back to the model unchanged.
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import t from 'tap';
import { startTestGateway } from '../helpers/gateway.ts';
import { ask, clientOf, collect, MODEL, sentBy } from './sdk.ts';

const THOUGHTFUL = {
  kind: 'answer' as const,
  stopReason: 'tool_use',
  blocks: [
    { reasoning: { text: ['Let me ', 'look.'], signature: 'c2ln' } },
    { redactedReasoning: 'AAECAw==' },
    { toolUse: { toolUseId: 'tooluse_1', name: 'clock', input: ['{}'] } },
  ],
};
const DETAILS = [
  { type: 'reasoning.text', text: 'Let me look.', signature: 'c2ln', index: 0 },
  { type: 'reasoning.encrypted', data: 'AAECAw==', index: 1 },
];
const request = {
  ...ask('What time is it?'),
  reasoning_effort: 'high' as const,
  tools: [{ type: 'function' as const, function: { name: 'clock' } }],
};
const REPLAYED = [
  { reasoningContent: { reasoningText: { text: 'Let me look.', signature: 'c2ln' } } },
  { reasoningContent: { redactedContent: 'AAECAw==' } },
  { toolUse: { name: 'clock' } },
];

t.test('a thinking tool loop replays, from a whole answer and from a stream', async (t) => {
  const gateway = await startTestGateway(t);
  const client = clientOf(gateway, await gateway.createKey());
  gateway.simulator.script({ match: { textIncludes: 'What time' }, times: 3, behaviour: THOUGHTFUL });

  const whole = await client.chat.completions.create(request);
  t.match(whole.choices[0]?.message, { reasoning_content: 'Let me look.', reasoning_details: DETAILS });

  const chunks = await collect(await client.chat.completions.create({ ...request, stream: true }));
  const deltas = chunks.map((chunk) => chunk.choices[0]?.delta ?? {});
  const thought = deltas
    .map((delta) => ('reasoning_content' in delta ? delta.reasoning_content : ''))
    .join('');
  t.equal(thought, 'Let me look.');
  const lists = deltas.flatMap((delta) => ('reasoning_details' in delta ? [delta.reasoning_details] : []));
  t.same(lists, [DETAILS.slice(0, 1), DETAILS]);

  const helped = await client.chat.completions.stream(request).finalChatCompletion();
  t.match(helped.choices[0]?.message, { reasoning_details: DETAILS }, 'the helper keeps the last list');

  const everything = { ...whole.choices[0]?.message, reasoning_details: lists.flat() };
  for (const message of [whole.choices[0]?.message, helped.choices[0]?.message, everything]) {
    await client.chat.completions.create({
      ...request,
      messages: [
        ...request.messages,
        // As it came.
        message as ChatCompletionMessageParam,
        { role: 'tool', tool_call_id: 'tooluse_1', content: 'half past nine' },
      ],
    });
    t.match(sentBy(gateway).at(-1)?.messages[1], { role: 'assistant', content: REPLAYED });
  }
  await gateway.recorded(6);
  t.equal(await gateway.auditFaults(), 0);
});

t.test('thinking is asked for in the words of the model', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const { status, headers } = await gateway.chat(key, {
    model: MODEL,
    reasoning_effort: 'low',
    max_tokens: 4000,
  });
  t.equal(status, 200);
  t.equal(headers.get('x-gateway-dropped-params'), null);
  t.match(JSON.stringify(sentBy(gateway)), /thinking/);
  const plain = await gateway.chat(key, { model: 'claude-3-haiku', reasoning_effort: 'low' });
  t.equal(plain.headers.get('x-gateway-dropped-params'), 'reasoning_effort');
});
