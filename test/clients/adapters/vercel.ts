// The Vercel AI SDK over three of its providers: generateText and streamText are the same for all of them.
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import {
  embedMany,
  generateText,
  type JSONSchema7,
  jsonSchema,
  type LanguageModel,
  Output,
  stepCountIs,
  streamText,
  tool,
  type UserContent,
} from 'ai';
import { type Ask, type Client, type FeatureName, NOTHING, type Said, type Server } from '../ask.ts';

type ProviderOptions = Parameters<typeof generateText>[0]['providerOptions'];

interface Flavour {
  name: string;
  module: string;
  code: string;
  cannot: Partial<Record<FeatureName, string>>;
  modelOf(server: Server, model: string): LanguageModel;
  /** How thinking and caching are asked for. */
  optionsOf(ask: Ask): ProviderOptions;
  embed?: Client['embed'];
}

const NO_ROUTE = 'the provider has no such method';
const EVERYWHERE = {
  'token counting': NO_ROUTE,
  'the list of models': NO_ROUTE,
  'image generation': NO_ROUTE,
};

const compatible: Flavour = {
  name: 'Vercel AI SDK, OpenAI-compatible',
  module: '@ai-sdk/openai-compatible',
  code: `import { createOpenAICompatible } from '@ai-sdk/openai-compatible';

const gateway = createOpenAICompatible({ name: 'brconnector', baseURL: 'BASE_URL/v1', apiKey: 'KEY', includeUsage: true, supportsStructuredOutputs: true });
const { text } = await generateText({ model: gateway('MODEL'), prompt: 'Hello' });`,
  cannot: {
    ...EVERYWHERE,
    'reasoning through a tool loop': 'the provider sends back the text of a thought without its signature',
    'prompt caching': 'the provider has no word for breakpoints; automatic caching is a setting of the model',
  },
  modelOf: (server, model) => providerOf(server)(model),
  optionsOf: ({ effort }) => ({ gateway: { ...(effort !== undefined && { reasoningEffort: effort }) } }),
  async embed(server, { model, texts }) {
    const { embeddings } = await embedMany({
      model: providerOf(server).embeddingModel(model),
      values: texts,
    });
    return embeddings;
  },
};

function providerOf({ url, key }: Server) {
  return createOpenAICompatible({
    name: 'gateway',
    baseURL: `${url}/v1`,
    apiKey: key,
    includeUsage: true,
    supportsStructuredOutputs: true,
  });
}

const anthropic: Flavour = {
  name: 'Vercel AI SDK, Anthropic',
  module: '@ai-sdk/anthropic',
  code: `import { createAnthropic } from '@ai-sdk/anthropic';

const gateway = createAnthropic({ baseURL: 'BASE_URL/v1', apiKey: 'KEY' });
const { text } = await generateText({ model: gateway('MODEL'), prompt: 'Hello' });`,
  cannot: { ...EVERYWHERE, embeddings: NO_ROUTE },
  modelOf: ({ url, key }, model) => createAnthropic({ baseURL: `${url}/v1`, apiKey: key })(model),
  optionsOf: ({ effort, schema }) => ({
    anthropic: {
      ...(effort !== undefined && { thinking: { type: 'enabled', budgetTokens: 2_048 } }),
      ...(schema !== undefined && { structuredOutputMode: 'outputFormat' }),
    },
  }),
};

const responses: Flavour = {
  name: 'Vercel AI SDK, OpenAI Responses',
  module: '@ai-sdk/openai',
  code: `import { createOpenAI } from '@ai-sdk/openai';

const gateway = createOpenAI({ baseURL: 'BASE_URL/v1', apiKey: 'KEY' });
const { text } = await generateText({ model: gateway('MODEL'), prompt: 'Hello', providerOptions: { openai: { store: false } } });`,
  cannot: {
    ...EVERYWHERE,
    embeddings: 'see the OpenAI-compatible column',
    reasoning: 'the provider asks for it only of models with an OpenAI name',
    'reasoning through a tool loop': 'the provider asks for it only of models with an OpenAI name',
    'prompt caching': 'the API has no breakpoints; automatic caching is a setting of the model',
  },
  modelOf: ({ url, key }, model) => createOpenAI({ baseURL: `${url}/v1`, apiKey: key }).responses(model),
  optionsOf: () => ({ openai: { store: false } }),
};

export const vercelClients: Client[] = [compatible, anthropic, responses].flatMap((flavour) => [
  {
    ...clientOf(flavour, whole),
    name: flavour.name,
    description: `\`ai\` 6 with \`${flavour.module}\`, \`generateText\``,
  },
  {
    ...clientOf(flavour, streamed),
    name: `${flavour.name}, streamed`,
    description: `\`ai\` 6 with \`${flavour.module}\`, \`streamText\``,
    cannot: { ...flavour.cannot, embeddings: 'see the column before: the same method' },
  },
]);

type Settings = Parameters<typeof generateText>[0];
type Say = (settings: Settings) => Promise<Said>;

function clientOf(flavour: Flavour, say: Say): Omit<Client, 'name' | 'description'> {
  return {
    setUp: { language: 'ts', code: flavour.code },
    cannot: flavour.cannot,
    ask: (server, ask) => say(settingsOf(flavour, server, ask, { runsTools: false })),
    loop: (server, ask) =>
      say({ ...settingsOf(flavour, server, ask, { runsTools: true }), stopWhen: stepCountIs(5) }),
    ...(flavour.embed && { embed: flavour.embed }),
  };
}

function settingsOf(
  flavour: Flavour,
  server: Server,
  ask: Ask,
  { runsTools }: { runsTools: boolean },
): Settings {
  const tools = Object.fromEntries(
    (ask.tools ?? []).map(({ name, description, parameters, answer }) => [
      name,
      runsTools
        ? tool({
            description,
            inputSchema: jsonSchema(parameters as JSONSchema7),
            execute: async (input: unknown) => answer(input),
          })
        : tool({ description, inputSchema: jsonSchema(parameters as JSONSchema7) }),
    ]),
  );
  const settings = {
    model: flavour.modelOf(server, ask.model),
    maxRetries: 0,
    ...(ask.system !== undefined && {
      system: {
        role: 'system' as const,
        content: ask.system,
        ...(ask.isCached && { providerOptions: { anthropic: { cacheControl: { type: 'ephemeral' } } } }),
      },
    }),
    messages: [{ role: 'user' as const, content: contentOf(ask) }],
    ...(ask.tools !== undefined && { tools }),
    ...(ask.forced !== undefined && { toolChoice: { type: 'tool' as const, toolName: ask.forced } }),
    ...(ask.schema !== undefined && {
      output: Output.object({ schema: jsonSchema(ask.schema.schema as JSONSchema7), name: ask.schema.name }),
    }),
    providerOptions: flavour.optionsOf(ask) ?? {},
  };
  // Its type depends on which tools there are and what the output is; here both are known at run time only.
  return settings as Settings;
}

function contentOf({ prompt, image, document }: Ask): UserContent {
  return [
    { type: 'text', text: prompt },
    ...(image === undefined ? [] : [{ type: 'image' as const, image, mediaType: 'image/png' }]),
    ...(document === undefined
      ? []
      : [{ type: 'file' as const, data: document, mediaType: 'application/pdf', filename: 'empty.pdf' }]),
  ];
}

async function whole(settings: Settings): Promise<Said> {
  const result = await generateText(settings);
  return {
    text: result.text,
    calls: result.toolCalls.map(({ toolName, input }) => ({ name: toolName, input })),
    reasoning: result.reasoningText ?? '',
    ...(settings.output !== undefined && { object: result.output }),
    tokens: tokensOf(result.usage),
  };
}

async function streamed(settings: Settings): Promise<Said> {
  const said: Said = { ...NOTHING, calls: [] };
  // An error is a part of the stream and not an exception of the loop.
  const result = streamText({ ...(settings as Parameters<typeof streamText>[0]), onError: () => undefined });
  for await (const part of result.fullStream) {
    if (part.type === 'error') throw part.error;
    if (part.type === 'start-step') said.text = '';
    else if (part.type === 'text-delta') said.text += part.text;
    else if (part.type === 'reasoning-delta') said.reasoning += part.text;
    else if (part.type === 'tool-call') said.calls.push({ name: part.toolName, input: part.input });
    else if (part.type === 'finish-step') said.tokens = tokensOf(part.usage);
  }
  if (settings.output !== undefined) said.object = await result.output;
  return said;
}

function tokensOf(usage: Awaited<ReturnType<typeof generateText>>['usage']): Said['tokens'] {
  return {
    input: usage.inputTokens ?? 0,
    output: usage.outputTokens ?? 0,
    cached: usage.inputTokenDetails.cacheReadTokens ?? 0,
  };
}
