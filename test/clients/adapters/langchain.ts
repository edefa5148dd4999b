// LangChain's chat models for OpenAI and Anthropic.
import { ChatAnthropic } from '@langchain/anthropic';
import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import {
  type AIMessage,
  AIMessageChunk,
  type BaseMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from '@langchain/core/messages';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import type { Ask, Client, FeatureName, Said, Server } from '../ask.ts';
import { parsed } from './openai-chat.ts';

interface Flavour {
  name: string;
  module: string;
  code: string;
  cannot: Partial<Record<FeatureName, string>>;
  modelOf(server: Server, ask: Ask): BaseChatModel;
  /** What a forced tool is called in its options. */
  forcedOf(name: string): unknown;
  documentOf(base64: string): Record<string, unknown>;
  embed?: Client['embed'];
}

const NO_METHOD = 'the chat model has no such method';
const EVERYWHERE = {
  'token counting': NO_METHOD,
  'the list of models': NO_METHOD,
  'image generation': NO_METHOD,
};

const openai: Flavour = {
  name: 'LangChain, OpenAI',
  module: '@langchain/openai',
  code: `import { ChatOpenAI } from '@langchain/openai';

const model = new ChatOpenAI({ model: 'MODEL', apiKey: 'KEY', configuration: { baseURL: 'BASE_URL/v1' } });`,
  cannot: {
    ...EVERYWHERE,
    reasoning: 'the chat model drops members of a message that OpenAI does not have',
    'reasoning through a tool loop': 'the chat model drops members of a message that OpenAI does not have',
  },
  modelOf: ({ url, key }, ask) =>
    new ChatOpenAI({
      model: ask.model,
      apiKey: key,
      maxRetries: 0,
      streamUsage: true,
      configuration: { baseURL: `${url}/v1` },
    }),
  forcedOf: (name) => ({ type: 'function', function: { name } }),
  documentOf: (base64) => ({
    type: 'file',
    file: { filename: 'empty.pdf', file_data: `data:application/pdf;base64,${base64}` },
  }),
  embed: ({ url, key }, { model, texts }) =>
    new OpenAIEmbeddings({ model, apiKey: key, configuration: { baseURL: `${url}/v1` } }).embedDocuments(
      texts,
    ),
};

const anthropic: Flavour = {
  name: 'LangChain, Anthropic',
  module: '@langchain/anthropic',
  code: `import { ChatAnthropic } from '@langchain/anthropic';

const model = new ChatAnthropic({ model: 'MODEL', apiKey: 'KEY', anthropicApiUrl: 'BASE_URL' });`,
  cannot: { ...EVERYWHERE, embeddings: NO_METHOD },
  modelOf: ({ url, key }, ask) =>
    new ChatAnthropic({
      model: ask.model,
      apiKey: key,
      anthropicApiUrl: url,
      maxRetries: 0,
      maxTokens: 8_192,
      ...(ask.effort !== undefined && { thinking: { type: 'enabled' as const, budget_tokens: 2_048 } }),
    }),
  forcedOf: (name) => ({ type: 'tool', name }),
  documentOf: (data) => ({
    type: 'document',
    title: 'empty',
    source: { type: 'base64', media_type: 'application/pdf', data },
  }),
};

/** It reads the counts of the input from the first event, before Bedrock has counted. */
const COUNTED_LATE =
  'it reads the count of the input where the stream begins and Bedrock has not counted yet: it shows our estimate';

export const langChainClients: Client[] = [openai, anthropic].flatMap((flavour) => [
  { ...clientOf(flavour, invoke), name: flavour.name, description: `\`${flavour.module}\` 1, \`invoke\`` },
  {
    ...clientOf(flavour, stream),
    name: `${flavour.name}, streamed`,
    description: `\`${flavour.module}\` 1, \`stream\``,
    cannot: {
      ...flavour.cannot,
      embeddings: 'see the column before: the same method',
      'structured output': 'see the column before: the same method',
      ...(flavour === anthropic && { usage: COUNTED_LATE, 'prompt caching': COUNTED_LATE }),
    },
  },
]);

type Model = Pick<BaseChatModel, 'invoke' | 'stream'>;
type Say = (model: Model, messages: BaseMessage[]) => Promise<AIMessage>;

function invoke(model: Model, messages: BaseMessage[]): Promise<AIMessage> {
  return model.invoke(messages) as Promise<AIMessage>;
}

async function stream(model: Model, messages: BaseMessage[]): Promise<AIMessage> {
  let sum: AIMessageChunk | undefined;
  for await (const chunk of await model.stream(messages)) {
    const piece = chunk as AIMessageChunk;
    sum = sum === undefined ? piece : sum.concat(piece);
  }
  // A sum of chunks has every member of a message that is read here.
  return (sum ?? new AIMessageChunk('')) as unknown as AIMessage;
}

function clientOf(flavour: Flavour, say: Say): Omit<Client, 'name' | 'description'> {
  return {
    setUp: { language: 'ts', code: flavour.code },
    cannot: flavour.cannot,
    async ask(server, ask) {
      const model = flavour.modelOf(server, ask);
      if (ask.schema !== undefined) {
        const method = flavour === openai ? ('jsonSchema' as const) : undefined;
        const structured = model.withStructuredOutput(ask.schema.schema, {
          name: ask.schema.name,
          method: method ?? 'jsonSchema',
        });
        return {
          text: '',
          calls: [],
          reasoning: '',
          tokens: null,
          object: await structured.invoke(openingOf(flavour, ask)),
        };
      }
      return read(await say(equipped(flavour, model, ask), openingOf(flavour, ask)));
    },
    async loop(server, ask) {
      const model = equipped(flavour, flavour.modelOf(server, ask), ask);
      const messages = openingOf(flavour, ask);
      for (;;) {
        const message = await say(model, messages);
        if ((message.tool_calls ?? []).length === 0) return read(message);
        messages.push(message);
        for (const { id, name, args } of message.tool_calls ?? [])
          messages.push(
            new ToolMessage({
              tool_call_id: id ?? '',
              content: ask.tools?.find((tool) => tool.name === name)?.answer(args) ?? '',
            }),
          );
      }
    },
    ...(flavour.embed && { embed: flavour.embed }),
  };
}

function equipped(
  flavour: Flavour,
  model: BaseChatModel,
  ask: Ask,
): Pick<BaseChatModel, 'invoke' | 'stream'> {
  if (ask.tools === undefined) {
    if (ask.effort === undefined || flavour !== openai) return model;
    return model.withConfig({ reasoning: { effort: ask.effort } } as object);
  }
  const tools = ask.tools.map(({ name, description, parameters }) => ({
    type: 'function',
    function: { name, description, parameters },
  }));
  const choice = ask.forced === undefined ? {} : { tool_choice: flavour.forcedOf(ask.forced) };
  if (model.bindTools === undefined) throw new Error('the model binds no tools');
  // `bindTools` returns a runnable whose input type is wider than a chat model's.
  return model.bindTools(tools, choice as object) as unknown as Pick<BaseChatModel, 'invoke' | 'stream'>;
}

function openingOf(flavour: Flavour, { system, prompt, image, document, isCached }: Ask): BaseMessage[] {
  const content: Record<string, unknown>[] = [{ type: 'text', text: prompt }];
  if (image !== undefined)
    content.push({ type: 'image_url', image_url: { url: `data:image/png;base64,${image}` } });
  if (document !== undefined) content.push(flavour.documentOf(document));
  const messages: BaseMessage[] = [new HumanMessage({ content: content as never })];
  if (system === undefined) return messages;
  const mark =
    flavour === openai
      ? { prompt_cache_breakpoint: { mode: 'explicit' } }
      : { cache_control: { type: 'ephemeral' } };
  const instructions = isCached ? [{ type: 'text', text: system, ...mark }] : system;
  return [new SystemMessage({ content: instructions as never }), ...messages];
}

function read(message: AIMessage): Said {
  const parts = Array.isArray(message.content) ? message.content : [];
  const text =
    typeof message.content === 'string'
      ? message.content
      : parts.map((part) => ('text' in part && typeof part.text === 'string' ? part.text : '')).join('');
  const usage = message.usage_metadata;
  return {
    text,
    calls: (message.tool_calls ?? []).map(({ name, args }) => ({ name, input: args })),
    reasoning: parts
      .map((part) => ('thinking' in part && typeof part.thinking === 'string' ? part.thinking : ''))
      .join(''),
    object: parsed(text),
    tokens:
      usage === undefined
        ? null
        : {
            input: usage.input_tokens,
            output: usage.output_tokens,
            cached: usage.input_token_details?.cache_read ?? 0,
          },
  };
}
