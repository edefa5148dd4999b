// The Vercel AI SDK's client of Responses, which is what its default model function is.
import { createOpenAI, type OpenAIResponsesProviderOptions } from '@ai-sdk/openai';
import { generateObject, generateText, stepCountIs, streamText, tool } from 'ai';
import t, { type Test } from 'tap';
import { z } from 'zod';
import { startTestGateway } from '../../helpers/gateway.ts';

const SONNET = 'global.anthropic.claude-sonnet-4-6';
/** Without `store: false` the SDK refers to items of earlier answers instead of sending them. */
const STATELESS = {
  openai: {
    store: false,
    include: ['reasoning.encrypted_content'],
  } satisfies OpenAIResponsesProviderOptions,
};

async function start(t: Test) {
  const gateway = await startTestGateway(t);
  const { secret } = await gateway.createKey();
  const openai = createOpenAI({ baseURL: `${gateway.url}/v1`, apiKey: secret });
  return { gateway, model: openai(SONNET) };
}

const weather = tool({
  description: 'The weather of a city',
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }) => `${city}: 3 degrees`,
});

/** The model thinks, calls the tool, and answers with what it got. */
function scriptLoop({ simulator }: Awaited<ReturnType<typeof startTestGateway>>): void {
  simulator.script({
    times: 1,
    behaviour: {
      kind: 'answer',
      blocks: [
        { reasoning: { text: ['I should ', 'look.'], signature: 'c2lnbmVk' } },
        { toolUse: { toolUseId: 't1', name: 'weather', input: ['{"city":', '"Oslo"}'] } },
      ],
    },
  });
  simulator.script({ behaviour: { kind: 'answer', deltas: ['It is ', '3.'] } });
}

/** The second request must hold the thought as it was, the call and its result. */
function secondRequest({ simulator }: Awaited<ReturnType<typeof startTestGateway>>): unknown {
  return simulator.journal.entries()[1]?.request;
}

const LOOPED = {
  messages: [
    { role: 'user' },
    {
      role: 'assistant',
      content: [
        { reasoningContent: { reasoningText: { text: 'I should look.', signature: 'c2lnbmVk' } } },
        { toolUse: { toolUseId: 't1', name: 'weather', input: { city: 'Oslo' } } },
      ],
    },
    { role: 'user', content: [{ toolResult: { toolUseId: 't1', content: [{ text: 'Oslo: 3 degrees' }] } }] },
  ],
};

t.test('generateText runs a loop of tools, with the thought of the model kept', async (t) => {
  const { gateway, model } = await start(t);
  scriptLoop(gateway);
  const result = await generateText({
    model,
    prompt: 'Weather in Oslo?',
    tools: { weather },
    stopWhen: stepCountIs(3),
    providerOptions: STATELESS,
  });
  t.equal(result.text, 'It is 3.');
  t.equal(result.steps.length, 2);
  t.equal(result.steps[0]?.reasoningText, 'I should look.');
  t.match(secondRequest(gateway), LOOPED);
});

t.test('streamText does the same', async (t) => {
  const { gateway, model } = await start(t);
  scriptLoop(gateway);
  const result = streamText({
    model,
    prompt: 'Weather in Oslo?',
    tools: { weather },
    stopWhen: stepCountIs(3),
    providerOptions: STATELESS,
  });
  t.equal(await result.text, 'It is 3.');
  t.match(await result.usage, { outputTokens: /\d/ });
  t.equal((await result.steps)[0]?.reasoningText, 'I should look.');
  t.match(secondRequest(gateway), LOOPED);
});

t.test('generateObject gets its object', async (t) => {
  const { gateway, model } = await start(t);
  gateway.simulator.script({ behaviour: { kind: 'answer', text: '{"city":"Oslo"}' } });
  const result = await generateObject({ model, schema: z.object({ city: z.string() }), prompt: 'Where?' });
  t.same(result.object, { city: 'Oslo' });
});

t.test('an answer that breaks off is an error', async (t) => {
  const { gateway, model } = await start(t);
  const fault = { kind: 'exception', name: 'ModelStreamErrorException', afterDeltas: 1 } as const;
  gateway.simulator.script({ behaviour: { kind: 'answer', deltas: ['a', 'b'], fault } });
  const errors: unknown[] = [];
  const result = streamText({
    model,
    prompt: 'Hi',
    maxRetries: 0,
    onError: ({ error }) => {
      errors.push(error);
    },
  });
  await result.consumeStream();
  t.equal(errors.length, 1);
  t.match(JSON.stringify(errors[0]), /upstream_error|error during streaming/);
});

t.test('a reference to a stored item is refused with the way out', async (t) => {
  const { gateway, model } = await start(t);
  scriptLoop(gateway);
  const looped = generateText({
    model,
    prompt: 'Weather in Oslo?',
    tools: { weather },
    stopWhen: stepCountIs(3),
    maxRetries: 0,
  });
  await t.rejects(looped, { message: /store: false/ });
});
